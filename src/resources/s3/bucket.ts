import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  paginateListBuckets,
  paginateListObjectsV2,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import type { Cloud } from '../../aws/cloud.ts';
import { unless } from '../../aws/unless.ts';
import type { ResourceKind } from '../../engine/resource.ts';
import { compare, compareFields, touches } from '../shared/compare.ts';
import { createNamed } from '../shared/create-named.ts';
import { carriesHash } from '../shared/names.ts';
import { collect } from '../shared/pages.ts';
import { owned } from '../shared/tags.ts';
import {
  readSettings,
  setEncryption,
  setExpiry,
  setPolicy,
  setPublicAccessBlock,
  type BucketSettings,
} from './bucket-settings.ts';
import { retag, tagsOf } from './tags.ts';

interface BucketProps extends Pick<BucketSettings, 'policy'> {
  name: string;
  /** Days after which objects are deleted. */
  expiry: number;
}

interface BucketAttrs extends BucketSettings {
  name: string;
}

/**
 * A private bucket of general purpose: encrypted with S3's own keys, closed to the public, its objects deleted by
 * age (`aws s3api list-buckets`, `get-bucket-policy`, …). Its objects go with it.
 */
export const bucket: ResourceKind<Cloud, BucketProps, BucketAttrs> = {
  type: 'AWS::S3::Bucket',
  stateful: true,
  idempotent: true,

  async find(cloud, scope) {
    const pages = paginateListBuckets({ client: cloud.s3 }, { BucketRegion: cloud.region });
    const buckets = await collect(pages, (page) => page.Buckets);
    const names = buckets.map(({ Name }) => Name!).filter((name) => carriesHash(scope, name));
    const found = await Promise.all(
      names.map(async (name) => {
        const tags = await tagsOf(cloud, name);
        return tags === undefined
          ? []
          : [{ tags, ref: name, attrs: { name, ...(await readSettings(cloud, name)) } }];
      }),
    );
    return owned(scope, found.flat());
  },

  diff: (desired, current) => [
    ...compareFields(desired, current, { name: 'replace', policy: 'update', expiry: 'update' }),
    ...compare('encryption', current.encryption, 'AES256'),
    ...compare('publicAccessBlocked', current.publicAccessBlocked, true),
  ],

  async create(cloud, props, step) {
    await createNamed(step, {
      what: `bucket ${props.name}`,
      taken: ['BucketAlreadyExists', 'BucketAlreadyOwnedByYou'],
      find: () => bucket.find(cloud, step.scope),
      async create() {
        await cloud.s3.send(
          new CreateBucketCommand({
            Bucket: props.name,
            CreateBucketConfiguration: {
              // The first region is the one that must not be named.
              ...(cloud.region === 'us-east-1'
                ? {}
                : { LocationConstraint: cloud.region as BucketLocationConstraint }),
              Tags: Object.entries(step.tags).map(([Key, Value]) => ({ Key, Value })),
            },
          }),
        );
        // S3 blocks public access to a new bucket and encrypts it without being asked.
        await setPolicy(cloud, props.name, props.policy);
        await setExpiry(cloud, props.name, props.expiry);
      },
    });
  },

  async update(cloud, props, { name }, changes) {
    if (touches(changes, 'publicAccessBlocked')) await setPublicAccessBlock(cloud, name);
    if (touches(changes, 'encryption')) await setEncryption(cloud, name);
    if (touches(changes, 'policy')) await setPolicy(cloud, name, props.policy);
    if (touches(changes, 'expiry')) await setExpiry(cloud, name, props.expiry);
  },

  tag: (cloud, { name }, change) => retag(cloud, name, change),

  async delete(cloud, { name }) {
    await empty(cloud, name);
    await unless(cloud.s3.send(new DeleteBucketCommand({ Bucket: name })), 'NoSuchBucket');
  },
};

/** Deletes all objects, a page of at most a thousand at a time: S3 deletes no bucket that has any. */
async function empty(cloud: Cloud, Bucket: string): Promise<void> {
  const pages = paginateListObjectsV2({ client: cloud.s3 }, { Bucket });
  const keys = await unless(
    collect(pages, (page) => page.Contents?.map(({ Key }) => ({ Key: Key! }))),
    'NoSuchBucket',
  );
  for (let at = 0; at < (keys?.length ?? 0); at += 1000) {
    const Objects = keys!.slice(at, at + 1000);
    await cloud.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
}
