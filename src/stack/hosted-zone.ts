import {
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  type HostedZone,
} from '@aws-sdk/client-route-53';
import type { Cloud } from '../aws/cloud.ts';
import { unless } from '../aws/unless.ts';
import { isWithin, isZoneId } from '../config/fields/https.ts';
import type { Config } from '../config/schema.ts';
import { ChatopsError, ExitCode } from '../lib/errors.ts';

/**
 * The id of the hosted zone that the config names, or undefined where it names none (`aws route53 get-hosted-zone`,
 * `list-hosted-zones-by-name`). Throws a ChatopsError (exit 3) where there is no such public zone, or several, or the
 * domain is not within it.
 */
export async function hostedZoneOf(
  cloud: Pick<Cloud, 'route53'>,
  { https }: Config['loadBalancer'],
): Promise<string | undefined> {
  const { domain, hostedZone: wanted } = https ?? {};
  if (domain === undefined || wanted === undefined) return undefined;
  const zones = (await zonesNamed(cloud, wanted)).filter(({ Config }) => Config?.PrivateZone !== true);
  const [zone, ...others] = zones;
  if (zone === undefined) {
    throw refusal(`there is no public hosted zone ${wanted}`, 'make it in Route 53, or name another one');
  }
  if (others.length > 0) {
    const ids = zones.map(idOf).join(', ');
    throw refusal(
      `there are ${zones.length} hosted zones ${wanted}: ${ids}`,
      'name the one that is meant by its id',
    );
  }
  if (!isWithin(domain, zone.Name!)) {
    throw refusal(
      `${domain} is not within the hosted zone ${wanted}, which is ${zone.Name}`,
      'name the zone of the domain',
    );
  }
  return idOf(zone);
}

async function zonesNamed({ route53 }: Pick<Cloud, 'route53'>, wanted: string): Promise<HostedZone[]> {
  if (isZoneId(wanted)) {
    const answer = await unless(route53.send(new GetHostedZoneCommand({ Id: wanted })), 'NoSuchHostedZone');
    return answer?.HostedZone === undefined ? [] : [answer.HostedZone];
  }
  const name = wanted.replace(/\.?$/, '.');
  // All zones of one name stand together.
  const { HostedZones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: name }));
  return HostedZones.filter(({ Name }) => Name === name);
}

function idOf({ Id }: HostedZone): string {
  return Id!.replace('/hostedzone/', '');
}

function refusal(what: string, hint: string): ChatopsError {
  return new ChatopsError(`loadBalancer.https.hostedZone: ${what}`, {
    code: 'config.hosted-zone',
    exit: ExitCode.config,
    hint,
  });
}
