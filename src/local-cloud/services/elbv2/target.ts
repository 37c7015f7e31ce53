import { isIPv4 } from 'node:net';
import type {
  DeregisterTargetsInput,
  DeregisterTargetsOutput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
  RegisterTargetsOutput,
  TargetDescription,
  TargetHealth,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { contains, parseCidr } from '../ec2/cidr.ts';
import { ec2State } from '../ec2/state.ts';
import { applyToBalancer, localAddress } from './balancer.ts';
import { pruneDrained } from './draining.ts';
import { mustBeWithin, mustFindTargetGroup, validationError } from './errors.ts';
import { elbv2State, type StoredTarget, type StoredTargetGroup } from './state.ts';

/** The most targets of one group. */
const maximum = 1000;

export const targetOperations: Operations = { RegisterTargets, DeregisterTargets, DescribeTargetHealth };

/** A target that is registered already stays as it is; one that is draining is a new one again. */
function RegisterTargets(input: RegisterTargetsInput, call: Call): Promise<RegisterTargetsOutput> {
  return change(call, input.TargetGroupArn, (targets, group) => {
    const wanted = (input.Targets ?? []).map((target) => checkedTarget(call, group, target));
    for (const [key, target] of wanted) {
      if (targets.get(key)?.draining !== false) targets.set(key, target);
    }
    if (targets.size > maximum) {
      throw new AwsError('TooManyTargets', `The maximum number of targets is '${maximum}'`);
    }
  });
}

/** A target that is not registered is none to take out: AWS succeeds as well. Without a port, every target of the address goes. */
function DeregisterTargets(input: DeregisterTargetsInput, call: Call): Promise<DeregisterTargetsOutput> {
  return change(call, input.TargetGroupArn, (targets) => {
    for (const { Id, Port } of input.Targets ?? []) {
      for (const [key, target] of targets) {
        const meant = target.id === Id && (Port === undefined || target.port === Port);
        if (meant) targets.set(key, { ...target, draining: true });
      }
    }
  });
}

function DescribeTargetHealth(input: DescribeTargetHealthInput, call: Call): DescribeTargetHealthOutput {
  const group = mustFindTargetGroup(elbv2State(call), input.TargetGroupArn);
  pruneDrained(call.cloud, group);
  if (input.Targets === undefined || input.Targets.length === 0) {
    return {
      TargetHealthDescriptions: [...group.targets.values()].map((target) => description(call, group, target)),
    };
  }
  return {
    TargetHealthDescriptions: input.Targets.map(({ Id = '', Port = group.Port }) => {
      const target = group.targets.get(keyOf(Id, Port));
      return target === undefined ? notRegistered({ Id, Port }) : description(call, group, target);
    }),
  };
}

/** Puts a copy of the targets in place of the old ones, or leaves these when the change or the load balancer refuses. */
function change(
  call: Call,
  targetGroupArn: string | undefined,
  edit: (targets: Map<string, StoredTarget>, group: StoredTargetGroup) => void,
): Promise<object> {
  return applyToBalancer(call, () => {
    const group = mustFindTargetGroup(elbv2State(call), targetGroupArn);
    const old = group.targets;
    const edited = new Map(old);
    edit(edited, group);
    group.targets = edited;
    return { result: {}, undo: () => (group.targets = old) };
  });
}

function checkedTarget(
  call: Call,
  group: StoredTargetGroup,
  { Id = '', Port = group.Port, AvailabilityZone }: TargetDescription,
): [string, StoredTarget] {
  if (!isIPv4(Id)) throw validationError(`The IP address '${Id}' is not a valid IPv4 address`);
  mustBeWithin(Port, 'Port', 1, 65_535);
  const vpc = parseCidr(ec2State(call).vpcs.get(group.VpcId)?.CidrBlock ?? '');
  const address = parseCidr(`${Id}/32`);
  if (AvailabilityZone !== 'all' && vpc !== undefined && address !== undefined && !contains(vpc, address)) {
    throw new AwsError(
      'InvalidTarget',
      `The IP address '${Id}' is not in the VPC '${group.VpcId}'; the Availability Zone of such a target must be 'all'`,
    );
  }
  const local = localAddress(call, group.VpcId, Id);
  return [
    keyOf(Id, Port),
    { id: Id, port: Port, availabilityZone: AvailabilityZone, draining: false, local },
  ];
}

function description(call: Call, group: StoredTargetGroup, target: StoredTarget): TargetHealthDescription {
  const { id, port, availabilityZone, draining } = target;
  const known = call.cloud.dataPlane.balancer.health(group.TargetGroupArn, keyOf(id, port));
  const health = draining ? drainingHealth : (known ?? registering);
  return {
    Target: { Id: id, Port: port, AvailabilityZone: availabilityZone ?? zoneOf(call, group, id) },
    HealthCheckPort: String(port),
    TargetHealth: toShape(health),
  };
}

const drainingHealth = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
} as const;

const registering = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
} as const;

function notRegistered(target: TargetDescription): TargetHealthDescription {
  return {
    Target: target,
    TargetHealth: {
      State: 'unused',
      Reason: 'Target.NotRegistered',
      Description: 'Target is not registered to the target group',
    },
  };
}

function toShape({ state, reason, description }: { state: string; reason?: string; description?: string }) {
  return { State: state, Reason: reason, Description: description } as TargetHealth;
}

/** AWS finds the zone by the subnet that the address is of. */
function zoneOf(call: Call, { VpcId }: StoredTargetGroup, id: string): string | undefined {
  const address = parseCidr(`${id}/32`);
  return [...ec2State(call).subnets.values()].find((subnet) => {
    const block = parseCidr(subnet.CidrBlock);
    return subnet.VpcId === VpcId && block !== undefined && address !== undefined && contains(block, address);
  })?.AvailabilityZone;
}

function keyOf(id: string, port: number): string {
  return `${id}:${port}`;
}
