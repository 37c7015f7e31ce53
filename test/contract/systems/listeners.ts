import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Cloud } from '../../../src/aws/cloud.ts';

/** What the listeners of the only load balancer do, a line each. */
export async function listenersOf({ elbv2 }: Cloud): Promise<string[]> {
  const { LoadBalancers } = await elbv2.send(new DescribeLoadBalancersCommand({}));
  const { LoadBalancerArn } = LoadBalancers![0]!;
  const { Listeners } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return Listeners!
    .map(({ Port, Protocol, DefaultActions = [], Certificates = [] }) => {
      const [{ Type, RedirectConfig: to } = {}] = DefaultActions;
      const action = to ? `redirect to ${to.Protocol} ${to.Port}, ${to.StatusCode}` : Type;
      return [`${Protocol} ${Port}: ${action}`, ...Certificates.map((one) => one.CertificateArn)].join(', ');
    })
    .toSorted();
}
