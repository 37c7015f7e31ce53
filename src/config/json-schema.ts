import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of the config file, for editors: the config's fields, `$schema`, and `environments`. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...base } = z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>;
  const { properties } = base as { properties: Record<string, unknown> };
  return {
    $schema,
    title: 'chatops.config.json',
    ...base,
    properties: {
      $schema: { type: 'string', description: 'Where editors find this schema' },
      ...properties,
      environments: {
        type: 'object',
        description: 'Environments by name; each overrides the base, and says its own region',
        propertyNames: { pattern: '^[a-z][a-z0-9-]{0,19}$' },
        additionalProperties: {
          type: 'object',
          required: ['region'],
          additionalProperties: false,
          properties,
        },
      },
    },
  };
}
