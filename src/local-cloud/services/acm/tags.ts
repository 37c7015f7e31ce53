import type {
  AddTagsToCertificateRequest,
  ListTagsForCertificateRequest,
  ListTagsForCertificateResponse,
  RemoveTagsFromCertificateRequest,
  Tag,
} from '@aws-sdk/client-acm';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { mustFindCertificate } from './state.ts';

const maximum = 50;

export const tagOperations: Operations = {
  AddTagsToCertificate,
  RemoveTagsFromCertificate,
  ListTagsForCertificate,
};

/** Old tags overwritten by new ones. Throws InvalidTagException, TooManyTagsException. */
export function tagSet(old: Tag[], added: Tag[] = []): Tag[] {
  const merged = new Map(old.map(({ Key, Value }) => [Key!, Value ?? '']));
  for (const { Key = '', Value = '' } of added) {
    if (/^aws:/i.test(Key)) {
      throw new AwsError(
        'InvalidTagException',
        'aws: prefixed tag key names are not allowed for external use.',
      );
    }
    merged.set(Key, Value);
  }
  if (merged.size > maximum) {
    throw new AwsError('TooManyTagsException', `The certificate cannot have more than ${maximum} tags.`);
  }
  return [...merged].map(([Key, Value]) => ({ Key, Value }));
}

function AddTagsToCertificate({ CertificateArn, Tags }: AddTagsToCertificateRequest, call: Call): object {
  const certificate = mustFindCertificate(call, CertificateArn);
  certificate.tags = tagSet(certificate.tags, Tags);
  return {};
}

/** A tag that is given with another value stays. */
function RemoveTagsFromCertificate(
  { CertificateArn, Tags = [] }: RemoveTagsFromCertificateRequest,
  call: Call,
): object {
  const certificate = mustFindCertificate(call, CertificateArn);
  certificate.tags = certificate.tags.filter(
    (tag) => !Tags.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value)),
  );
  return {};
}

function ListTagsForCertificate(
  { CertificateArn }: ListTagsForCertificateRequest,
  call: Call,
): ListTagsForCertificateResponse {
  return { Tags: mustFindCertificate(call, CertificateArn).tags };
}
