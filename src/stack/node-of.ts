import type { Cloud } from '../aws/cloud.ts';
import type { Node, ResourceKind } from '../engine/resource.ts';

/** A node of a given kind, whatever it needs. */
export type NodeOf<Kind> =
  Kind extends ResourceKind<Cloud, infer Props, infer Attrs>
    ? // oxlint-disable-next-line typescript/no-explicit-any -- which edges it has does not matter to those who need it
      Node<Cloud, Props, Attrs, any>
    : never;
