import type { AvailabilityZone } from '@aws-sdk/client-ec2';
import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { subnet } from '../../../src/resources/ec2/subnet.ts';
import { vpc } from '../../../src/resources/ec2/vpc.ts';
import { zonesOf } from '../../../src/stack/zones.ts';
import { lifeOf, scope, startCloud } from './rig.ts';

let rig: Awaited<ReturnType<typeof startCloud>>;
beforeEach(async () => {
  rig = await startCloud();
});
afterEach(() => rig.close());

const { network } = configSchema.parse({ network: { cidr: '10.9.0.0/16' } });

it('are the first ones by name that are available and have Fargate', async () => {
  expect(await zonesOf(rig.cloud, scope, network)).toEqual(['locala', 'localb']);
  const changed = withZones({ locala: { State: 'impaired' } });
  expect(await zonesOf(changed, scope, network)).toEqual(['localb', 'localc']);
  const poor = withZones({ localb: { ZoneId: 'apne1-az3' } });
  expect(await zonesOf(poor, scope, network)).toEqual(['locala', 'localc']);
  await expect(zonesOf(poor, scope, { ...network, zones: 3 })).rejects.toMatchObject({
    message: 'network.zones: local has 2 zones that can be used, not 3',
    exit: 3,
  });
});

it('stay where the subnets are, whatever happens to a zone', async () => {
  const { vpcId } = await lifeOf(rig.cloud, vpc, 'vpc').create({
    cidr: network.cidr,
    dnsSupport: true,
    dnsHostnames: true,
  });
  // The first run was stopped before it came to the first zone.
  await lifeOf(rig.cloud, subnet, 'subnet-public-c').create({
    vpcId,
    cidr: '10.9.16.0/20',
    zone: 'localc',
    mapPublicIp: true,
  });
  const changed = withZones({ localc: { State: 'impaired' } });
  expect(await zonesOf(changed, scope, network)).toEqual(['locala', 'localc']);
  expect(await zonesOf(changed, scope, { ...network, zones: 3 })).toEqual(['locala', 'localc', 'localb']);
});

/** The cloud of the test, with something different about its zones. */
function withZones(changes: Record<string, Partial<AvailabilityZone>>): Cloud {
  rig.cloud.ec2.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args);
      if (context.commandName !== DescribeAvailabilityZonesCommand.name) return answer;
      const { AvailabilityZones = [] } = answer.output as { AvailabilityZones?: AvailabilityZone[] };
      for (const zone of AvailabilityZones) Object.assign(zone, changes[zone.ZoneName!]);
      return answer;
    },
    { step: 'initialize', name: 'zones', override: true },
  );
  return rig.cloud;
}
