import { NormalizedSchema } from '@smithy/core/schema';
import type { $SchemaRef } from '@smithy/types';

/**
 * The runtime schemas that the SDK's client packages export (`CreateVpc$`, `Vpc$`): the only module that knows
 * how the arrays inside are laid out.
 */

/** Schema of a structure, list, map or scalar, with its traits. */
export type Shape = NormalizedSchema;

/** One operation of a service, as its client package describes it. */
export interface OperationShape {
  name: string;
  input: Shape;
  output: Shape;
  /** Of the REST protocols: method, path with `{labels}`, and the status of a success. */
  http?: HttpBinding;
}

/** Where an operation of a REST protocol is. */
export interface HttpBinding {
  method: string;
  path: string;
  status: number;
}

/** One documented error of a service. */
export interface ErrorShape {
  /** The name of the SDK's error class, such as `ClusterNotFoundException`. */
  name: string;
  /** `com.amazonaws.ecs`. */
  namespace: string;
  /** What the query protocols call it on the wire; the same as the name unless the `awsQueryError` trait says otherwise. */
  queryCode: string;
  /** HTTP status that the traits name. */
  status: number;
  shape: Shape;
}

type Package = Record<string, unknown>;

const operationKind = 9;
const errorKind = -3;

/** The operation called `name` of a client package, or undefined when the service has none. */
export function operationShape(schemas: Package, name: string): OperationShape | undefined {
  const schema = exportsOf(schemas)[`${name}$`];
  return isSchema(schema) && schema[0] === operationKind && schema[2] === name
    ? { name, input: shapeOf(schema[4]), output: shapeOf(schema[5]), ...httpOf(schema[3]) }
    : undefined;
}

function httpOf(traits: unknown): { http?: HttpBinding } {
  const [method, path, status] = (traits as { http?: [string, string, number] } | undefined)?.http ?? [];
  return method === undefined ? {} : { http: { method, path: path!, status: status! } };
}

/** The names of all operations of a client package. */
export function operationNames(schemas: Package): string[] {
  return Object.values(exportsOf(schemas))
    .filter((schema) => isSchema(schema) && schema[0] === operationKind)
    .map((schema) => (schema as unknown[])[2] as string);
}

/** The documented errors of a client package. */
export function errorShapes(schemas: Package): ErrorShape[] {
  return Object.values(exportsOf(schemas))
    .filter((schema): schema is unknown[] => isSchema(schema) && schema[0] === errorKind)
    .filter((schema) => !(schema[1] as string).startsWith('smithy.ts.sdk.synthetic'))
    .map((schema) => {
      const shape = shapeOf(schema);
      const { awsQueryError, httpError, error } = shape.getMergedTraits() as {
        awsQueryError?: [string, number];
        httpError?: number;
        error?: 'client' | 'server';
      };
      return {
        name: schema[2] as string,
        namespace: schema[1] as string,
        queryCode: awsQueryError?.[0] ?? (schema[2] as string),
        status: awsQueryError?.[1] ?? httpError ?? (error === 'server' ? 500 : 400),
        shape,
      };
    });
}

/** The members of a structure that a request must carry: the schema lists them first and says how many they are. */
export function requiredMembers(shape: Shape): string[] {
  const schema = shape.getSchema() as unknown as unknown[];
  return (schema[4] as string[]).slice(0, (schema[6] as number | undefined) ?? 0);
}

/** Bundled, a CommonJS package is imported with all that it exports under `default`. */
function exportsOf(schemas: Package): Package {
  return typeof schemas['default'] === 'object' ? (schemas['default'] as Package) : schemas;
}

function shapeOf(schema: unknown): Shape {
  return NormalizedSchema.of(schema as $SchemaRef);
}

function isSchema(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length >= 5 && typeof value[0] === 'number';
}
