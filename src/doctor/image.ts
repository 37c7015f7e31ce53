import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import type { Cloud } from '../aws/cloud.ts';
import { explain } from '../aws/errors.ts';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../lib/errors.ts';
import { fail, failed, ok, skip, warn } from './check.ts';
import type { Check, Outcome } from './check.ts';
import { ecrOf, parseReference } from './reference.ts';
import type { Reference } from './reference.ts';
import { lookUp } from './registry.ts';
import type { Looked } from './registry.ts';

/** What the check of the image needs besides the config. */
export interface ImageSurroundings {
  /** Undefined where the region is `local`, or there are no credentials. */
  cloud: Cloud | undefined;
  isLocal: boolean;
  /** Builds the image that goes with the config; throws where that cannot be done. */
  build(): Promise<unknown>;
  fetch: Parameters<typeof lookUp>[1];
}

/** Whether ECS will find the image, and whether it is for the architecture of the tasks. */
export function imageCheck({ service }: Config, surroundings: ImageSurroundings): Check {
  return {
    name: 'image',
    run: async () => {
      const { image, architecture } = service;
      if (image === undefined) {
        await surroundings.build();
        return ok(`${service.build ?? 'the chat server of chatops'} can be built`);
      }
      const reference = parseReference(image);
      if (reference === undefined)
        return fail(`service.image: "${image}" is no image reference`, 'write it like ghcr.io/team/chat:1.2');
      if (surroundings.isLocal)
        return fail(
          `service.image: ${image} is of another registry, and the local cloud runs what chatops builds`,
          'leave service.image out where the region is local, or name a folder in service.build',
        );
      return ecrOf(reference.host) === undefined
        ? look(image, reference, architecture, surroundings.fetch)
        : inEcr(image, reference, architecture, surroundings);
    },
  };
}

/** What Docker calls Fargate's architectures. */
const dockerName = { arm64: 'arm64', x86_64: 'amd64' } as const;

type Architecture = keyof typeof dockerName;

async function look(
  image: string,
  reference: Reference,
  wanted: Architecture,
  fetch: ImageSurroundings['fetch'],
  credentials?: string,
): Promise<Outcome> {
  try {
    const looked = await lookUp(reference, fetch, credentials);
    return looked.found
      ? fits(image, looked.architectures, wanted)
      : refused(image, looked, credentials !== undefined);
  } catch (error) {
    const { cause } = error as Error;
    return warn(
      `${reference.host} cannot be reached from here: ${messageOf(cause ?? error)}`,
      'check the network; ECS pulls by itself and may reach it',
    );
  }
}

function fits(image: string, architectures: readonly string[], wanted: Architecture): Outcome {
  if (architectures.length === 0)
    return warn(`${image} is there; for which architecture, it does not say`, unsaid);
  if (architectures.includes(dockerName[wanted])) return ok(`${image} can be pulled, for ${wanted}`);
  return fail(
    `${image} is for ${[...new Set(architectures)].join(', ')}; service.architecture is ${wanted}`,
    'set service.architecture to one that the image is for, or push an image for it',
  );
}

const unsaid = 'make sure that it is for service.architecture';

function refused(image: string, { status }: Looked & { found: false }, isOwn: boolean): Outcome {
  if ((status === 401 || status === 403) && isOwn)
    return fail(
      `${image} may not be pulled with these credentials (HTTP ${status})`,
      'correct service.image, or allow ecr:BatchGetImage on its repository',
    );
  if (status === 401 || status === 403)
    return fail(
      `${image} cannot be pulled without credentials (HTTP ${status}), or does not exist`,
      'make it public, name a secret in service.registryCredentials, or push it to an ECR of this account',
    );
  if (status === 404) return fail(`${image} does not exist`, 'correct service.image, or push it');
  return warn(`the registry of ${image} answers ${status}`, 'try again later');
}

/** With the credentials' own token (aws ecr get-authorization-token); it opens the registries of other accounts as far as they let it. */
async function inEcr(
  image: string,
  reference: Reference,
  wanted: Architecture,
  { cloud, fetch }: ImageSurroundings,
): Promise<Outcome> {
  const { region } = ecrOf(reference.host)!;
  if (cloud === undefined) return skip('it is in ECR, and there are no credentials to look with');
  if (region !== cloud.region) return skip(`it is in the ECR of ${region}, which is not asked`);
  try {
    const { authorizationData } = await cloud.ecr.send(new GetAuthorizationTokenCommand({}));
    const token = authorizationData?.[0]?.authorizationToken;
    return await look(image, reference, wanted, fetch, `Basic ${token}`);
  } catch (error) {
    return failed(explain(error));
  }
}
