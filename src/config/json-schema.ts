import * as z from 'zod';
import { configSchema } from './schema.ts';

type Properties = Record<string, { properties?: Properties }>;

/** The JSON Schema (draft 2020-12) of the config file, for editors: the config's fields, `$schema`, and `environments`. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...base } = z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>;
  const { properties } = base as { properties: Properties };
  return {
    $schema,
    title: 'chatops.config.json',
    ...base,
    properties: {
      $schema: { type: 'string', description: 'Where editors find this schema' },
      ...properties,
      environments: {
        type: 'object',
        description:
          'Environments by name; each overrides the base, and says its own region; null takes a field away',
        propertyNames: { pattern: '^[a-z][a-z0-9-]{0,19}$' },
        additionalProperties: {
          type: 'object',
          required: ['region'],
          additionalProperties: false,
          properties: removable(properties),
        },
      },
    },
  };
}

/** Each field as it is, or null; but for the region, which each environment has. */
function removable({ region, ...fields }: Properties): Properties {
  const entries = Object.entries(fields).map(([name, field]) => {
    const { properties } = field;
    const below = properties === undefined ? field : { ...field, properties: removable(properties) };
    return [name, { anyOf: [below, { type: 'null' }] }];
  });
  return { ...(region && { region }), ...(Object.fromEntries(entries) as Properties) };
}
