import { bucket } from '../resources/s3/bucket.ts';
import { block, json, link } from './hcl.ts';
import { mapping, type Exported, type Mapping } from './mapping.ts';

/** The bucket of access logs with its settings, which are resources of their own to Terraform. */
export const s3: Mapping[] = [
  mapping(bucket, ({ attrs, name, tags }) => {
    const setting = (type: string, body: Exported['body']): Exported => ({
      type,
      name,
      importId: attrs.name,
      body: { bucket: link(attrs.name, 'aws_s3_bucket'), ...body },
    });
    return [
      {
        type: 'aws_s3_bucket',
        name,
        importId: attrs.name,
        known: { [attrs.name]: 'bucket' },
        body: { bucket: attrs.name, tags: tags() },
      },
      ...(attrs.publicAccessBlocked
        ? [
            setting('aws_s3_bucket_public_access_block', {
              block_public_acls: true,
              ignore_public_acls: true,
              block_public_policy: true,
              restrict_public_buckets: true,
            }),
          ]
        : []),
      ...(attrs.policy === undefined
        ? []
        : [setting('aws_s3_bucket_policy', { policy: json(attrs.policy) })]),
      ...(attrs.expiry === undefined
        ? []
        : [
            setting('aws_s3_bucket_lifecycle_configuration', {
              rule: block({
                id: 'expire',
                status: 'Enabled',
                filter: block({ prefix: '' }),
                expiration: block({ days: attrs.expiry }),
                abort_incomplete_multipart_upload: block({ days_after_initiation: 1 }),
              }),
            }),
          ]),
      ...(attrs.encryption === undefined
        ? []
        : [
            setting('aws_s3_bucket_server_side_encryption_configuration', {
              rule: block({
                apply_server_side_encryption_by_default: block({ sse_algorithm: attrs.encryption }),
              }),
            }),
          ]),
    ];
  }),
];
