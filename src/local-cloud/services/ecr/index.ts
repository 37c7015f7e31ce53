import type { Operations } from '../../operation.ts';
import * as authorizationToken from './authorization-token.ts';
import * as image from './image.ts';
import * as lifecyclePolicy from './lifecycle-policy.ts';
import * as putImage from './put-image.ts';
import * as repository from './repository.ts';
import * as tags from './tags.ts';

export const operations: Operations = {
  ...authorizationToken,
  ...image,
  ...lifecyclePolicy,
  ...putImage,
  ...repository,
  ...tags,
};
