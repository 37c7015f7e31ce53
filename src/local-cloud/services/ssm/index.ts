import type { Operations } from '../../operation.ts';
import * as deleteParameter from './delete-parameter.ts';
import * as describeParameters from './describe-parameters.ts';
import * as getParameter from './get-parameter.ts';
import * as putParameter from './put-parameter.ts';
import * as tags from './tags.ts';

export const operations: Operations = {
  ...deleteParameter,
  ...describeParameters,
  ...getParameter,
  ...putParameter,
  ...tags,
};
