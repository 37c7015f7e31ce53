import type { Cloud } from '../aws/cloud.ts';
import type { AnyKind, Found, ResourceKind, Scope } from '../engine/resource.ts';
import { acm } from './acm.ts';
import { applicationAutoScaling } from './application-autoscaling.ts';
import { cloudwatch } from './cloudwatch.ts';
import { ec2 } from './ec2.ts';
import { ecr } from './ecr.ts';
import { ecs } from './ecs.ts';
import { elasticache } from './elasticache.ts';
import { elbv2 } from './elbv2.ts';
import { block, printBlock, words, type Resolve, type Value } from './hcl.ts';
import { iam } from './iam.ts';
import { logs } from './logs.ts';
import { nameOf, type Exported, type Mapping, type Stack } from './mapping.ts';
import { route53 } from './route53.ts';
import { s3 } from './s3.ts';
import { ssm } from './ssm.ts';

/** How each kind is written, by the name of the file that it is written to. */
export const mappings: Record<string, readonly Mapping[]> = {
  ec2,
  elasticache,
  ssm,
  elbv2,
  acm,
  route53,
  ecr,
  iam,
  logs,
  ecs,
  'application-autoscaling': applicationAutoScaling,
  cloudwatch,
  s3,
};

/** All that was found of one kind. */
export interface Listing {
  kind: AnyKind<Cloud>;
  found: Found<unknown>[];
}

/**
 * A stack as it stands, for Terraform's AWS provider: an import block and a resource block for each resource, by the
 * name of the file (https://developer.hashicorp.com/terraform/language/import). Pure; no secret is in it.
 */
export function terraformOf(listings: Listing[], scope: Scope, region: string): Map<string, string> {
  const stack: Stack = {
    scope,
    of: <Props, Attrs>(kind: ResourceKind<Cloud, Props, Attrs>) =>
      (listings.find((one) => one.kind.type === kind.type)?.found ?? []) as Found<Attrs>[],
  };
  const files = Object.entries(mappings).map(([file, ofService]) => ({
    file: `${file}.tf`,
    resources: distinct(ofService.flatMap((each) => written(each, stack))),
  }));
  const resolve = resolverOf(files.flatMap(({ resources }) => resources));
  const texts = files
    .filter(({ resources }) => resources.length > 0)
    .map(({ file, resources }) => [file, resources.map((one) => print(one, resolve)).join('\n')] as const);
  return new Map([['providers.tf', providers(scope, region)], ...texts]);
}

function written({ kind, write }: Mapping, stack: Stack): Exported[] {
  return stack.of(kind).flatMap((found) => {
    const tags = (more: Record<string, string | undefined> = {}): Value => ({
      Name: `${stack.scope.stack}/${found.id}`,
      'chatops:stack': stack.scope.stack,
      'chatops:id': found.id,
      'chatops:version': found.version,
      ...more,
      ...found.tags,
    });
    return write({ attrs: found.attrs, found, name: nameOf(found.id), tags }, stack);
  });
}

/** While something is replaced, both of an id stand: the second gets a number. */
function distinct(resources: Exported[]): Exported[] {
  const times = new Map<string, number>();
  return resources.map((one) => {
    const address = `${one.type}.${one.name}`;
    const time = (times.get(address) ?? 0) + 1;
    times.set(address, time);
    return time === 1 ? one : { ...one, name: `${one.name}_${time}` };
  });
}

function resolverOf(resources: Exported[]): Resolve {
  const known = new Map(
    resources
      .filter(({ body }) => body !== undefined)
      .flatMap(({ type, name, known = {} }) =>
        Object.entries(known).flatMap(([to, attribute]): [string, string][] => {
          const expression = `${type}.${name}.${attribute}`;
          return [
            [to, expression],
            [`${type} ${to}`, expression],
          ];
        }),
      ),
  );
  return (to, type) => known.get(type === undefined ? to : `${type} ${to}`);
}

function print({ type, name, importId, body, comment }: Exported, resolve: Resolve): string {
  const notes = [
    ...(comment === undefined ? [] : [comment]),
    ...(body === undefined
      ? ['Changed by hand into what chatops does not know: `terraform plan -generate-config-out` writes it.']
      : []),
  ];
  const imported = importId !== undefined && { to: words(`${type}.${name}`), id: importId };
  const resource = body === undefined ? '' : printBlock('resource', [type, name], body, resolve);
  return [
    imported ? printBlock('import', [], imported, resolve) : '',
    `${notes.map((note) => `# ${note}\n`).join('')}${resource}`,
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function providers({ stack }: Scope, region: string): string {
  const where =
    region === 'local'
      ? '# This stack is on this machine, where no Terraform reaches it: to read, not to apply.\n'
      : '';
  return [
    `# ${stack}, as it stood when it was exported.\n${where}`,
    printBlock(
      'terraform',
      [],
      {
        required_version: '>= 1.5',
        required_providers: block({ aws: { source: 'hashicorp/aws', version: '>= 5.80' } }),
      },
      () => undefined,
    ),
    printBlock('provider', ['aws'], { region }, () => undefined),
  ].join('\n');
}
