import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { endpointOf } from '../aws/endpoint.ts';
import { Absent } from './part-reader.ts';
import type { PartReader } from './part-reader.ts';
import type { LoadBalancerPart } from './snapshot.ts';

/** aws elbv2 describe-load-balancers, aws elbv2 describe-listeners, aws acm describe-certificate */
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
    const endpoint = await endpointOf(
      cloud,
      {
        host: balancer.DNSName ?? '',
        listeners: Listeners.map(({ Protocol = 'HTTP', Port = 80, Certificates }) => ({
          protocol: Protocol,
          port: Port,
          certificateArn: Certificates?.[0]?.CertificateArn,
        })),
      },
      abortSignal,
    );
    return {
      name,
      state: balancer.State?.Code ?? '',
      url: endpoint?.url,
      zones: (balancer.AvailabilityZones ?? []).map(({ ZoneName }) => ZoneName ?? '').toSorted(),
      dimension: balancer.LoadBalancerArn.split(':loadbalancer/').at(-1) ?? '',
    };
  },
};
