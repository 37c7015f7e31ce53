import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '../../src/local-cloud/services/index.ts';
import { operationShape } from '../../src/local-cloud/wire/schema.ts';
import type { Shape } from '../../src/local-cloud/wire/schema.ts';

/** Allowed values by structure and member: `{ CreateServiceRequest: { launchType: ['EC2', …] } }`. */
export type Enumerations = Record<string, Record<string, string[]>>;

/** The allowed values of every member that a request to the service can carry: the runtime schemas leave them out, the type declarations of the client package have them. */
export async function enumerationsOf(service: ServiceDefinition): Promise<Enumerations> {
  const { values, members } = await declarationsOf(packageOf(service));
  const found: Enumerations = {};
  for (const structure of [...(await requestStructures(service))].toSorted()) {
    const own = [...(members.get(structure) ?? [])]
      .filter(([, type]) => values.has(type))
      .map(([member, type]) => [member, values.get(type)!] as const);
    if (own.length > 0) found[structure] = Object.fromEntries(own);
  }
  return found;
}

/** The names of all structures that can be in a request of the operations that the local cloud has. */
async function requestStructures(service: ServiceDefinition): Promise<Set<string>> {
  const [schemas, operations] = await Promise.all([service.schemas(), service.operations()]);
  const names = new Set<string>();
  const visit = (shape: Shape): void => {
    if (shape.isListSchema() || shape.isMapSchema()) return visit(shape.getValueSchema());
    const name = shape.isStructSchema() ? shape.getName() : undefined;
    if (name === undefined || names.has(name)) return;
    names.add(name);
    for (const [, member] of shape.structIterator()) visit(member);
  };
  for (const operation of Object.keys(operations)) visit(operationShape(schemas, operation)!.input);
  return names;
}

function packageOf(service: ServiceDefinition): string {
  return /@aws-sdk\/client-[\w-]+/.exec(service.schemas.toString())![0];
}

async function declarationsOf(packageName: string) {
  const folder = fileURLToPath(
    new URL(`../../node_modules/${packageName}/dist-types/models`, import.meta.url),
  );
  const files = (await readdir(folder)).filter((name) => /^(enums|models_\d+)\.d\.ts$/.test(name));
  const text = (await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')))).join('\n');
  const values = new Map<string, string[]>();
  for (const [, name, body] of text.matchAll(/^export declare const (\w+): \{\n([^}]*)^\};/gm)) {
    values.set(
      name!,
      [...body!.matchAll(/: "([^"]*)";/g)].map(([, value]) => value!),
    );
  }
  const members = new Map<string, Map<string, string>>();
  for (const [, name, body] of text.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
    const typed = body!.matchAll(/^ {4}(\w+)\??: (?:Record<string, )?(\w+)>?(?:\[\])?(?: \| undefined)?;$/gm);
    members.set(name!, new Map([...typed].map(([, member, type]) => [member!, type!])));
  }
  return { values, members };
}
