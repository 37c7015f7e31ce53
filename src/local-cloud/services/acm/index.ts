import type { Operations } from '../../operation.ts';
import { certificateOperations } from './certificate.ts';
import { ImportCertificate } from './import-certificate.ts';
import { RequestCertificate } from './request-certificate.ts';
import { tagOperations } from './tags.ts';

/** Certificate Manager: certificates of this local cloud's own authority, validated by records in its Route 53. */
export const operations: Operations = {
  RequestCertificate,
  ImportCertificate,
  ...certificateOperations,
  ...tagOperations,
};
