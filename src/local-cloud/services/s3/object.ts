import type {
  DeleteObjectCommandInput,
  DeleteObjectsCommandInput,
  DeleteObjectsCommandOutput,
  GetObjectCommandInput,
  GetObjectCommandOutput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../operation.ts';
import type { Operation } from '../../operation.ts';
import { page } from '../page.ts';
import { contentOf, deleteObject, putObject } from './content.ts';
import { bucketOf } from './state.ts';
import type { ObjectState } from './state.ts';

const PutObject: Operation<PutObjectCommandInput, PutObjectCommandOutput> = async (input, call) => {
  const bucket = bucketOf(call, input.Bucket);
  const content = Buffer.from((input.Body ?? '') as Uint8Array | string);
  const { etag } = await putObject(call.cloud, bucket, input.Key!, content, input.ContentType);
  return { ETag: etag, ServerSideEncryption: 'AES256' };
};

const GetObject: Operation<
  GetObjectCommandInput,
  Omit<GetObjectCommandOutput, 'Body'> & { Body: Buffer }
> = async (input, call) => {
  const bucket = bucketOf(call, input.Bucket);
  const object = bucket.objects.get(input.Key!);
  if (object === undefined) {
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: input.Key });
  }
  return { ...described(object), Body: await contentOf(call.cloud, bucket, object) };
};

const HeadObject: Operation<HeadObjectCommandInput, HeadObjectCommandOutput> = (input, call) => {
  const object = bucketOf(call, input.Bucket).objects.get(input.Key!);
  if (object === undefined) throw new AwsError('NotFound', 'Not Found', 404);
  return described(object);
};

/** A key that nothing has counts as deleted. */
const DeleteObject: Operation<DeleteObjectCommandInput, object> = async (input, call) => {
  await deleteObject(call.cloud, bucketOf(call, input.Bucket), input.Key!);
  return {};
};

const DeleteObjects: Operation<DeleteObjectsCommandInput, DeleteObjectsCommandOutput> = async (
  input,
  call,
) => {
  const bucket = bucketOf(call, input.Bucket);
  const { Objects = [], Quiet } = input.Delete ?? {};
  if (Objects.length < 1 || Objects.length > 1000) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  for (const { Key } of Objects) await deleteObject(call.cloud, bucket, Key!);
  return Quiet === true ? {} : { Deleted: Objects.map(({ Key }) => ({ Key })) };
};

/** In the order of their keys; what is below a delimiter comes as common prefixes. */
const ListObjectsV2: Operation<ListObjectsV2CommandInput, ListObjectsV2CommandOutput> = (input, call) => {
  const { Prefix = '', Delimiter, StartAfter = '' } = input;
  const size = Math.min(input.MaxKeys ?? 1000, 1000);
  const found = [...bucketOf(call, input.Bucket).objects.values()].filter(
    ({ key }) => key.startsWith(Prefix) && key > StartAfter,
  );
  const folderOf = ({ key }: ObjectState) => {
    const end = Delimiter === undefined ? -1 : key.indexOf(Delimiter, Prefix.length);
    return end === -1 ? undefined : key.slice(0, end + Delimiter!.length);
  };
  const entries = new Map(found.map((object) => [folderOf(object) ?? object.key, object]));
  const { items, next } = page(entries, {
    key: ([name]) => name,
    size,
    token: input.ContinuationToken,
    invalid: () => new AwsError('InvalidArgument', 'The continuation token provided is incorrect'),
  });
  return {
    Name: input.Bucket,
    Prefix,
    Delimiter,
    MaxKeys: size,
    KeyCount: items.length,
    IsTruncated: next !== undefined,
    ContinuationToken: input.ContinuationToken,
    NextContinuationToken: next,
    Contents: items
      .filter(([, object]) => folderOf(object) === undefined)
      .map(([, { key, size: Size, etag, lastModified }]) => ({
        Key: key,
        Size,
        ETag: etag,
        LastModified: lastModified,
        StorageClass: 'STANDARD' as const,
      })),
    CommonPrefixes: items
      .filter(([, object]) => folderOf(object) !== undefined)
      .map(([name]) => ({ Prefix: name })),
  };
};

export const objectOperations = {
  DeleteObject,
  DeleteObjects,
  GetObject,
  HeadObject,
  ListObjectsV2,
  PutObject,
};

function described({ size, etag, lastModified, contentType }: ObjectState) {
  return {
    ContentLength: size,
    ETag: etag,
    LastModified: lastModified,
    ContentType: contentType ?? 'binary/octet-stream',
    ServerSideEncryption: 'AES256' as const,
  };
}
