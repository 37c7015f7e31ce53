import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Absent } from './part-reader.ts';
import type { PartReader } from './part-reader.ts';
import type { TargetPart } from './snapshot.ts';

/** aws elbv2 describe-target-health */
export const targetsReader: PartReader<TargetPart[]> = {
  needs: ['service'],
  pause: () => 2_000,
  async read({ cloud, known, signal: abortSignal }) {
    if (known.service === undefined) throw new Error('the service that they belong to could not be read');
    const { targetGroupArns } = known.service;
    if (targetGroupArns.length === 0) throw new Absent('the service is behind no load balancer');
    const answers = await Promise.all(
      targetGroupArns.map((TargetGroupArn) =>
        cloud.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }), { abortSignal }),
      ),
    );
    const targets = answers.flatMap(({ TargetHealthDescriptions = [] }) => TargetHealthDescriptions);
    return targets
      .map(({ Target, TargetHealth }) => ({
        id: Target?.Id ?? '',
        port: Target?.Port ?? 0,
        zone: Target?.AvailabilityZone,
        state: TargetHealth?.State ?? '',
        reason: TargetHealth?.Reason,
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  },
};
