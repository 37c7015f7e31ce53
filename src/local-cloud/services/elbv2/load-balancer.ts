import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DeleteLoadBalancerInput,
  DeleteLoadBalancerOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer,
  Tag,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { deleteNetworkInterface } from '../ec2/network-interface.ts';
import { defaultAttributes } from './attributes.ts';
import { applyToBalancer } from './balancer.ts';
import { mustBeName, mustFindLoadBalancer, notHere, validationError } from './errors.ts';
import { loadBalancerAttributes } from './load-balancer-attributes.ts';
import { paged } from './marker.ts';
import { alignNetworkInterfaces, checkedSecurityGroups, checkedSubnets, zonesOf } from './network.ts';
import { elbv2State, newId, type StoredLoadBalancer } from './state.ts';
import { mergeTags, sameTags } from './tags.ts';

/** Of eu-west-3, here as anywhere: nobody resolves names in it. */
const hostedZoneId = 'Z3Q77PNBQS71R4';

export const loadBalancerOperations: Operations = {
  CreateLoadBalancer,
  DescribeLoadBalancers,
  DeleteLoadBalancer,
};

/** The same call again answers with the load balancer that is there; other settings under its name are DuplicateLoadBalancerName. */
function CreateLoadBalancer(input: CreateLoadBalancerInput, call: Call): CreateLoadBalancerOutput {
  const { Name = '', Scheme = 'internet-facing', Type = 'application', IpAddressType = 'ipv4' } = input;
  mustBeName('Load balancer', Name);
  if (Type !== 'application') throw notHere(`load balancers of the type '${Type}'`);
  if (IpAddressType !== 'ipv4') throw notHere(`the IP address type '${IpAddressType}'`);
  if (!['internet-facing', 'internal'].includes(Scheme)) {
    throw new AwsError('InvalidScheme', `'${Scheme}' is not a valid scheme`);
  }
  const tags = mergeTags([], input.Tags);
  const subnetIds = input.Subnets ?? (input.SubnetMappings ?? []).map(({ SubnetId = '' }) => SubnetId);
  const subnets = checkedSubnets(call, subnetIds, Scheme);
  const vpcId = subnets[0]!.VpcId;
  const securityGroups = checkedSecurityGroups(call, input.SecurityGroups ?? [], vpcId);

  const { loadBalancers } = elbv2State(call);
  const namesake = [...loadBalancers.values()].find(({ LoadBalancerName }) => LoadBalancerName === Name);
  const wanted = { Scheme, SecurityGroups: securityGroups, AvailabilityZones: zonesOf(subnets) };
  if (namesake !== undefined) return { LoadBalancers: [sameOrDuplicate(call, namesake, wanted, tags)] };

  const arn = `arn:aws:elasticloadbalancing:${call.region}:${call.account}:loadbalancer/app/${Name}/${newId()}`;
  const balancer: StoredLoadBalancer = {
    LoadBalancerArn: arn,
    DNSName: 'localhost',
    CanonicalHostedZoneId: hostedZoneId,
    CreatedTime: call.now,
    LoadBalancerName: Name,
    ...wanted,
    VpcId: vpcId,
    Type,
    IpAddressType,
    activeAt: call.now.getTime() + call.cloud.clock.latency('load-balancer.create'),
    attributes: defaultAttributes(loadBalancerAttributes),
    networkInterfaceIds: {},
    tags,
  };
  if (Scheme === 'internal') balancer.attributes['ipv6.deny_all_igw_traffic'] = 'true';
  alignNetworkInterfaces(call, balancer);
  loadBalancers.set(arn, balancer);
  return { LoadBalancers: [described(call, balancer)] };
}

function DescribeLoadBalancers(input: DescribeLoadBalancersInput, call: Call): DescribeLoadBalancersOutput {
  const state = elbv2State(call);
  const { LoadBalancerArns: arns = [], Names: names = [] } = input;
  if (arns.length > 0 && names.length > 0) {
    throw validationError('Load balancer ARNs and load balancer names cannot be specified at the same time');
  }
  const all = [...state.loadBalancers.values()];
  const byName = names.map((name) => {
    const found = all.find(({ LoadBalancerName }) => LoadBalancerName === name);
    if (found === undefined)
      throw new AwsError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`);
    return found;
  });
  const asked =
    names.length > 0 ? byName : arns.length > 0 ? arns.map((arn) => mustFindLoadBalancer(state, arn)) : all;
  const { items, next } = paged(asked, ({ LoadBalancerArn }) => LoadBalancerArn, input);
  return { LoadBalancers: items.map((balancer) => described(call, balancer)), NextMarker: next };
}

/** Its listeners go with it; its network interfaces stay for a while, and the target groups stay. Deleting what is not there succeeds. */
async function DeleteLoadBalancer(
  { LoadBalancerArn = '' }: DeleteLoadBalancerInput,
  call: Call,
): Promise<DeleteLoadBalancerOutput> {
  const state = elbv2State(call);
  const interfaces = await applyToBalancer(call, () => {
    const { loadBalancers, listeners } = state;
    const balancer = loadBalancers.get(LoadBalancerArn);
    if (balancer?.attributes['deletion_protection.enabled'] === 'true') {
      throw new AwsError(
        'OperationNotPermitted',
        `Load balancer '${LoadBalancerArn}' cannot be deleted because deletion protection is enabled`,
      );
    }
    const others = [...listeners].filter(([, listener]) => listener.LoadBalancerArn !== LoadBalancerArn);
    state.loadBalancers = new Map([...loadBalancers].filter(([arn]) => arn !== LoadBalancerArn));
    state.listeners = new Map(others);
    return {
      result: Object.values(balancer?.networkInterfaceIds ?? {}),
      undo: () => Object.assign(state, { loadBalancers, listeners }),
    };
  });
  const removeInterfaces = () => {
    for (const id of interfaces) deleteNetworkInterface(call, id);
  };
  const delay = call.cloud.clock.latency('load-balancer.interfaces-gone');
  if (delay === 0) removeInterfaces();
  else call.cloud.clock.after(delay, removeInterfaces);
  return {};
}

function sameOrDuplicate(
  call: Call,
  existing: StoredLoadBalancer,
  wanted: Pick<StoredLoadBalancer, 'Scheme' | 'SecurityGroups' | 'AvailabilityZones'>,
  tags: Tag[],
): LoadBalancer {
  const key = ({ Scheme, SecurityGroups, AvailabilityZones }: typeof wanted) =>
    [
      Scheme,
      ...SecurityGroups.toSorted(),
      ...AvailabilityZones.map(({ SubnetId = '' }) => SubnetId).toSorted(),
    ].join();
  if (key(existing) === key(wanted) && sameTags(existing.tags, tags)) return described(call, existing);
  throw new AwsError(
    'DuplicateLoadBalancerName',
    `A load balancer with the same name '${existing.LoadBalancerName}' exists, but with different settings`,
  );
}

function described(call: Call, balancer: StoredLoadBalancer): LoadBalancer {
  const { activeAt, attributes: _attributes, networkInterfaceIds: _ids, tags: _tags, ...shape } = balancer;
  return { ...shape, State: { Code: call.now.getTime() < activeAt ? 'provisioning' : 'active' } };
}
