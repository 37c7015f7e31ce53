import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DeleteTargetGroupOutput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { ec2State } from '../ec2/state.ts';
import { loadBalancersOf } from './action.ts';
import { defaultAttributes } from './attributes.ts';
import { applyToBalancer } from './balancer.ts';
import {
  mustBeName,
  mustBeWithin,
  mustFindLoadBalancer,
  mustFindTargetGroup,
  notHere,
  validationError,
} from './errors.ts';
import { changedHealthCheck, defaultHealthCheck } from './health-check.ts';
import { paged } from './marker.ts';
import { elbv2State, newId, type Elbv2State, type StoredTargetGroup } from './state.ts';
import { mergeTags, sameTags } from './tags.ts';
import { targetGroupAttributes } from './target-group-attributes.ts';

export const targetGroupOperations: Operations = {
  CreateTargetGroup,
  DescribeTargetGroups,
  ModifyTargetGroup,
  DeleteTargetGroup,
};

/** The same call again answers with the target group that is there; other settings under its name are DuplicateTargetGroupName. */
function CreateTargetGroup(input: CreateTargetGroupInput, call: Call): Promise<CreateTargetGroupOutput> {
  return applyToBalancer(call, () => {
    const state = elbv2State(call);
    const wanted = checkedTargetGroup(input, call);
    const { TargetGroupArn: arn, TargetGroupName: name } = wanted;
    const namesake = [...state.targetGroups.values()].find((each) => each.TargetGroupName === name);
    if (namesake === undefined) {
      state.targetGroups.set(arn, wanted);
    } else if (settingsOf(namesake) !== settingsOf(wanted) || !sameTags(namesake.tags, wanted.tags)) {
      throw new AwsError(
        'DuplicateTargetGroupName',
        `A target group with the same name '${name}' exists, but with different settings`,
      );
    }
    return {
      result: { TargetGroups: [described(state, namesake ?? wanted)] },
      undo: () => state.targetGroups.delete(arn),
    };
  });
}

function DescribeTargetGroups(input: DescribeTargetGroupsInput, call: Call): DescribeTargetGroupsOutput {
  const state = elbv2State(call);
  const { LoadBalancerArn, TargetGroupArns: arns = [], Names: names = [] } = input;
  const all = [...state.targetGroups.values()];
  let asked = all;
  if (LoadBalancerArn !== undefined) {
    const { LoadBalancerArn: arn } = mustFindLoadBalancer(state, LoadBalancerArn);
    asked = all.filter(({ TargetGroupArn }) => loadBalancersOf(state, TargetGroupArn).includes(arn));
  } else if (arns.length > 0) {
    asked = arns.map((arn) => mustFindTargetGroup(state, arn));
  } else if (names.length > 0) {
    asked = names.map((name) => {
      const found = all.find(({ TargetGroupName }) => TargetGroupName === name);
      if (found === undefined)
        throw new AwsError('TargetGroupNotFound', 'One or more target groups not found');
      return found;
    });
  }
  const { items, next } = paged(asked, ({ TargetGroupArn }) => TargetGroupArn, input);
  return { TargetGroups: items.map((group) => described(state, group)), NextMarker: next };
}

function ModifyTargetGroup(input: ModifyTargetGroupInput, call: Call): Promise<ModifyTargetGroupOutput> {
  return applyToBalancer(call, () => {
    const state = elbv2State(call);
    const group = mustFindTargetGroup(state, input.TargetGroupArn);
    const old = { ...group };
    Object.assign(group, changedHealthCheck(group, input));
    return { result: { TargetGroups: [described(state, group)] }, undo: () => Object.assign(group, old) };
  });
}

/** Deleting what is not there succeeds. */
function DeleteTargetGroup(
  { TargetGroupArn = '' }: DeleteTargetGroupInput,
  call: Call,
): Promise<DeleteTargetGroupOutput> {
  return applyToBalancer(call, () => {
    const state = elbv2State(call);
    const { targetGroups } = state;
    if (loadBalancersOf(state, TargetGroupArn).length > 0) {
      throw new AwsError(
        'ResourceInUse',
        `Target group '${TargetGroupArn}' is currently in use by a listener or a rule`,
      );
    }
    state.targetGroups = new Map([...targetGroups].filter(([arn]) => arn !== TargetGroupArn));
    return { result: {}, undo: () => (state.targetGroups = targetGroups) };
  });
}

function checkedTargetGroup(input: CreateTargetGroupInput, call: Call): StoredTargetGroup {
  const { Name = '', TargetType = 'instance', ProtocolVersion = 'HTTP1', Port, VpcId, Protocol } = input;
  mustBeName('Target group', Name);
  if (TargetType !== 'ip') throw notHere(`the target type '${TargetType}', only 'ip'`);
  if (Protocol === undefined) throw validationError('A protocol must be specified');
  if (Protocol !== 'HTTP' || ProtocolVersion !== 'HTTP1') {
    throw notHere(`target groups of the protocol ${Protocol}, version ${ProtocolVersion}`);
  }
  if (Port === undefined) throw validationError('A port must be specified');
  mustBeWithin(Port, 'Port', 1, 65_535);
  if (VpcId === undefined) throw validationError('A VPC ID must be specified');
  if (!ec2State(call).vpcs.has(VpcId)) throw validationError(`The VPC ID '${VpcId}' is not found`);
  return {
    TargetGroupArn: `arn:aws:elasticloadbalancing:${call.region}:${call.account}:targetgroup/${Name}/${newId()}`,
    TargetGroupName: Name,
    Protocol,
    Port,
    VpcId,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPort: 'traffic-port',
    HealthCheckEnabled: true,
    ...changedHealthCheck(defaultHealthCheck, input),
    TargetType,
    ProtocolVersion,
    IpAddressType: 'ipv4',
    attributes: defaultAttributes(targetGroupAttributes),
    targets: new Map(),
    tags: mergeTags([], input.Tags),
  };
}

/** What must be equal for a second creation to be the same one. */
function settingsOf(group: StoredTargetGroup): string {
  const {
    TargetGroupArn: _arn,
    attributes: _attributes,
    targets: _targets,
    tags: _tags,
    ...settings
  } = group;
  return JSON.stringify(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function described(state: Elbv2State, group: StoredTargetGroup): TargetGroup {
  const { attributes: _attributes, targets: _targets, tags: _tags, ...shape } = group;
  return { ...shape, LoadBalancerArns: loadBalancersOf(state, group.TargetGroupArn) };
}
