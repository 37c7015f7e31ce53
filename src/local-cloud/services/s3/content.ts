import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalCloud } from '../../cloud.ts';
import type { BucketState, ObjectState } from './state.ts';

/** Stores an object, in place of the one that had its key. */
export async function putObject(
  cloud: LocalCloud,
  bucket: BucketState,
  key: string,
  content: Buffer,
  contentType?: string,
): Promise<ObjectState> {
  const file = fileOf(cloud, bucket, key);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
  const object: ObjectState = {
    key,
    size: content.length,
    etag: `"${createHash('md5').update(content).digest('hex')}"`,
    lastModified: new Date(cloud.clock.now()),
    contentType,
  };
  bucket.objects.set(key, object);
  return object;
}

export async function contentOf(
  cloud: LocalCloud,
  bucket: BucketState,
  { key }: ObjectState,
): Promise<Buffer> {
  return readFile(fileOf(cloud, bucket, key));
}

export async function deleteObject(cloud: LocalCloud, bucket: BucketState, key: string): Promise<void> {
  if (bucket.objects.delete(key)) await rm(fileOf(cloud, bucket, key), { force: true });
}

/** Keys may be longer than names of files, and may hold anything. */
function fileOf({ folder }: LocalCloud, { name }: BucketState, key: string): string {
  return join(folder, 's3', name, createHash('sha256').update(key).digest('hex'));
}
