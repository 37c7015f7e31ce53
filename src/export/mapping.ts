import type { Cloud } from '../aws/cloud.ts';
import type { AnyKind, Found, ResourceKind, Scope } from '../engine/resource.ts';
import type { Body, Value } from './hcl.ts';

/** One resource as Terraform has it. */
export interface Exported {
  /** `aws_vpc` */
  type: string;
  /** The name in its address. */
  name: string;
  /** What an import takes, as the provider's page of the type says; undefined where the type cannot be imported. */
  importId: string | undefined;
  /** Undefined where only its owner can write it: then the import block stands alone. */
  body: Body | undefined;
  /** What AWS calls it, and the attribute that has this value: other resources then refer to it. */
  known?: Record<string, string>;
  /** One line for who reads it. */
  comment?: string;
}

/** A resource of the stack, with its name and its tags in Terraform. */
export interface Standing<Attrs> {
  attrs: Attrs;
  found: Found<Attrs>;
  name: string;
  /** The owner tags, those of the user, and `more`. */
  tags(more?: Record<string, string | undefined>): Value;
}

/** What a mapping may look at besides the resource itself. */
export interface Stack {
  scope: Scope;
  /** All that was found of a kind. */
  of<Props, Attrs>(kind: ResourceKind<Cloud, Props, Attrs>): Found<Attrs>[];
}

/** How a kind is written for Terraform, which may have several types for it, or none. */
export interface Mapping {
  kind: AnyKind<Cloud>;
  write(standing: Standing<unknown>, stack: Stack): Exported[];
}

/** Makes a mapping; exists so that TypeScript knows the attributes. */
export function mapping<Props, Attrs>(
  kind: ResourceKind<Cloud, Props, Attrs>,
  write: (standing: Standing<Attrs>, stack: Stack) => Exported[],
): Mapping {
  return { kind, write };
}

/** A name in Terraform, made of anything that names something. */
export function nameOf(...parts: string[]): string {
  return parts.join('_').replaceAll(/\W+/g, '_');
}
