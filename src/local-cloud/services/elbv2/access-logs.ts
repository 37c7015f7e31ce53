import { AwsError } from '../../operation.ts';
import type { Call } from '../../operation.ts';
import { putObject } from '../s3/content.ts';
import { letsPut } from '../s3/policy.ts';
import { buckets } from '../s3/state.ts';

type Attributes = Record<string, string>;

const service = 'logdelivery.elasticloadbalancing.amazonaws.com';

/**
 * What Elastic Load Balancing does when access logs are switched on or go elsewhere: it writes a test file to the
 * bucket. Throws `InvalidConfigurationRequest` when there is no such bucket in the region, or when its policy does not
 * let the service write.
 */
export async function checkAccessLogs(call: Call, before: Attributes, after: Attributes): Promise<void> {
  const [isOn, name = '', prefix = ''] = ['enabled', 'bucket', 'prefix'].map(
    (each) => after[`access_logs.s3.${each}`],
  );
  const isSame = Object.keys(after).every(
    (key) => !key.startsWith('access_logs.') || after[key] === before[key],
  );
  if (isOn !== 'true' || isSame) return;
  const bucket = buckets(call).get(name);
  if (bucket === undefined || bucket.region !== call.region) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      `S3Bucket: ${name} is not located in the same region with the ELB`,
    );
  }
  const key = `${prefix === '' ? '' : `${prefix}/`}AWSLogs/${call.account}/ELBAccessLogTestFile`;
  if (!letsPut(bucket, service, key)) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      `Access Denied for bucket: ${name}. Please check S3bucket permission`,
    );
  }
  await putObject(
    call.cloud,
    bucket,
    key,
    Buffer.from(`Enable AccessLog for ELB at ${call.now.toISOString()}`),
  );
}
