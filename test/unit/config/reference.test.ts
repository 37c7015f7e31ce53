import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { configJsonSchema } from '../../../src/config/json-schema.ts';
import { configReference } from '../../../src/config/reference.ts';
import { knownPaths } from '../../../src/config/schema.ts';

it('docs/config.md lists every field as the schema has it', async () => {
  const page = await readFile(new URL('../../../docs/config.md', import.meta.url), 'utf8');
  expect(page.endsWith(configReference()), 'run `npm run docs`').toBe(true);
  for (const path of knownPaths()) expect(page).toContain(path);
});

it('every field has a description for editors', () => {
  const missing: string[] = [];
  const walk = (schema: Record<string, unknown>, path: string) => {
    const properties = schema['properties'] as Record<string, Record<string, unknown>> | undefined;
    for (const [name, field] of Object.entries(properties ?? {})) {
      const at = path === '' ? name : `${path}.${name}`;
      if (field['properties'] === undefined && field['description'] === undefined) missing.push(at);
      walk(field, at);
    }
  };
  walk(configJsonSchema(), '');
  expect(missing).toEqual([]);
});

it('the JSON Schema wants a region of each environment and no unknown field', () => {
  const schema = configJsonSchema() as unknown as {
    additionalProperties: boolean;
    properties: {
      environments: { additionalProperties: { required: string[]; properties: Record<string, unknown> } };
    };
  };
  expect(schema.additionalProperties).toBe(false);
  const environment = schema.properties.environments.additionalProperties;
  expect(environment.required).toEqual(['region']);
  expect(Object.keys(environment.properties)).toContain('loadBalancer');
});
