import { DescribeImagesCommand } from '@aws-sdk/client-ecr';
import type { Reading } from './part-reader.ts';

/** Names images as people do. */
export interface ImageVersions {
  /** The tag of an image reference; where it names a digest, the image's tag in the stack's repository, else twelve digits of the digest. */
  of(reading: Reading, image: string): Promise<string>;
}

const askAgainMs = 60_000;

/** aws ecr describe-images, once per digest and minute; an image whose tag cannot be read goes by its digest. */
export function imageVersions(): ImageVersions {
  const tags = new Map<string, { tag: Promise<string | undefined>; at: number }>();

  async function tagOf({ cloud, names, signal }: Reading, imageDigest: string): Promise<string | undefined> {
    const repositoryName = names.repository;
    const command = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] });
    const answer = await cloud.ecr.send(command, { abortSignal: signal }).catch(() => undefined);
    return answer?.imageDetails?.[0]?.imageTags?.[0];
  }

  return {
    async of(reading, image) {
      const [name = '', digest] = image.split('@');
      if (digest === undefined) return tagIn(name) ?? 'latest';
      const short = digest.replace('sha256:', '').slice(0, 12);
      if (!name.includes(reading.names.repository)) return tagIn(name) ?? short;
      let known = tags.get(digest);
      if (known === undefined || known.at < reading.now - askAgainMs) {
        known = { tag: tagOf(reading, digest), at: reading.now };
        tags.set(digest, known);
      }
      return (await known.tag) ?? short;
    },
  };
}

/** `v2` of `registry:5000/team/chat:v2`. */
function tagIn(name: string): string | undefined {
  return /:([\w][\w.-]*)$/.exec(name.slice(name.lastIndexOf('/') + 1))?.[1];
}
