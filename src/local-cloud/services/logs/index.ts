import type { Operations } from '../../operation.ts';
import * as filterLogEvents from './filter-log-events.ts';
import * as getLogEvents from './get-log-events.ts';
import * as logGroup from './log-group.ts';
import * as logStream from './log-stream.ts';
import * as putLogEvents from './put-log-events.ts';
import * as retentionPolicy from './retention-policy.ts';
import * as tags from './tags.ts';

export const operations: Operations = {
  ...filterLogEvents,
  ...getLogEvents,
  ...logGroup,
  ...logStream,
  ...putLogEvents,
  ...retentionPolicy,
  ...tags,
};
