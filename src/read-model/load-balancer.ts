import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { Absent } from './part-reader.ts';
import type { PartReader } from './part-reader.ts';
import type { LoadBalancerPart } from './snapshot.ts';

/** aws elbv2 describe-load-balancers, aws elbv2 describe-listeners */
export const loadBalancerReader: PartReader<LoadBalancerPart> = {
  needs: [],
  pause: () => 5_000,
  async read({ cloud, names, signal: abortSignal }) {
    const name = names.loadBalancer;
    const { LoadBalancers = [] } = await cloud.elbv2.send(
      new DescribeLoadBalancersCommand({ Names: [name] }),
      { abortSignal },
    );
    const [balancer] = LoadBalancers;
    if (balancer?.LoadBalancerArn === undefined) throw new Absent(`load balancer ${name} does not exist`);
    const { Listeners = [] } = await cloud.elbv2.send(
      new DescribeListenersCommand({ LoadBalancerArn: balancer.LoadBalancerArn }),
      { abortSignal },
    );
    const [listener] = Listeners;
    return {
      name,
      state: balancer.State?.Code ?? '',
      url: listener && urlOf(balancer.DNSName ?? '', listener.Protocol, listener.Port),
      zones: (balancer.AvailabilityZones ?? []).map(({ ZoneName }) => ZoneName ?? '').toSorted(),
      dimension: balancer.LoadBalancerArn.split(':loadbalancer/').at(-1) ?? '',
    };
  },
};

function urlOf(host: string, protocol = 'HTTP', port = 80): string {
  const scheme = protocol.toLowerCase();
  const usual = scheme === 'https' ? 443 : 80;
  return `${scheme}://${host}${port === usual ? '' : `:${port}`}`;
}
