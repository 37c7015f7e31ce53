import { logGroup } from '../resources/logs/log-group.ts';
import { mapping, type Mapping } from './mapping.ts';

/** Log groups; what was logged stays in them. */
export const logs: Mapping[] = [
  mapping(logGroup, ({ attrs, name, tags }) => [
    {
      type: 'aws_cloudwatch_log_group',
      name,
      importId: attrs.name,
      known: { [attrs.name]: 'name', [attrs.arn]: 'arn' },
      body: { name: attrs.name, retention_in_days: attrs.retention ?? 0, tags: tags() },
    },
  ]),
];
