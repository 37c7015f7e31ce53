import { configJsonSchema } from './json-schema.ts';

interface Property {
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, Property>;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Property[];
  items?: Property;
  minimum?: number;
  maximum?: number;
}

/** The tables of docs/config.md: every field with its values, default and meaning, one table per section. */
export function configReference(): string {
  const { properties } = configJsonSchema() as { properties: Record<string, Property> };
  const { $schema: _schema, environments: _environments, ...fields } = properties;
  const plain = Object.entries(fields).filter(([, field]) => field.properties === undefined);
  const sections = Object.entries(fields).filter(([, field]) => field.properties !== undefined);
  const tables = [
    ['Top level', plain.flatMap(([name, field]) => rowsOf(name, field))] as const,
    ...sections.map(([name, field]) => [`\`${name}\``, rowsOf(name, field)] as const),
  ].map(
    ([title, rows]) =>
      `## ${title}\n\n| field | values | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`,
  );
  return tables.join('\n');
}

function rowsOf(path: string, field: Property): string[] {
  if (field.properties !== undefined) {
    return Object.entries(field.properties).flatMap(([name, below]) => rowsOf(`${path}.${name}`, below));
  }
  const fallback = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``;
  return [`| \`${path}\` | ${valuesOf(field)} | ${fallback} | ${field.description ?? ''} |`];
}

function valuesOf(field: Property): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.anyOf !== undefined) return [...new Set(field.anyOf.map(valuesOf))].join(' or ');
  if (field.properties !== undefined) return 'object';
  if (field.type === 'array') return `list of ${valuesOf(field.items ?? {})}s`;
  if (
    ['integer', 'number'].includes(field.type ?? '') &&
    field.maximum !== undefined &&
    field.maximum <= 2 ** 31
  )
    return `${field.minimum}–${field.maximum}`;
  return (
    { integer: 'whole number', boolean: '`true`, `false`', object: 'object of strings' }[field.type ?? ''] ??
    field.type ??
    ''
  );
}
