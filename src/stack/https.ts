import { resource } from '../engine/resource.ts';
import { certificate } from '../resources/acm/certificate.ts';
import type { listener } from '../resources/elbv2/listener.ts';
import { listener as listenerKind } from '../resources/elbv2/listener.ts';
import type { loadBalancer } from '../resources/elbv2/load-balancer.ts';
import type { targetGroup } from '../resources/elbv2/target-group.ts';
import { recordSet } from '../resources/route53/record-set.ts';
import type { StackInput } from './input.ts';
import type { NodeOf } from './node-of.ts';

interface Front {
  balancer: NodeOf<typeof loadBalancer>;
  targets: NodeOf<typeof targetGroup>;
  alternate: NodeOf<typeof targetGroup> | undefined;
}

/** The HTTPS listener, and where the config names a domain its certificate and the records that lead to the load balancer; undefined where the config asks for none. */
export function httpsOf({ config, hostedZone = '' }: StackInput, { balancer, targets, alternate }: Front) {
  const { https: wanted } = config.loadBalancer;
  if (wanted === undefined) return undefined;
  const { certificateArn, domain, port } = wanted;
  if (domain === undefined) {
    const only = resource({
      id: 'listener-https',
      kind: listenerKind,
      needs: { balancer, targets, other: alternate ?? targets },
      props: (needs) => ({
        loadBalancerArn: needs.balancer.arn,
        port,
        protocol: 'HTTPS' as const,
        certificateArn,
        targetGroupArn: needs.targets.arn,
        alternateTargetGroupArn: alternate && needs.other.arn,
      }),
    });
    return { listener: only as NodeOf<typeof listener>, nodes: [only] };
  }
  const theCertificate = resource({
    id: 'certificate',
    kind: certificate,
    needs: {},
    seconds: 90,
    props: () => ({ domain, zoneId: hostedZone }),
  });
  const theListener = resource({
    id: 'listener-https',
    kind: listenerKind,
    needs: { balancer, targets, other: alternate ?? targets, certificate: theCertificate },
    props: (needs) => ({
      loadBalancerArn: needs.balancer.arn,
      port,
      protocol: 'HTTPS' as const,
      certificateArn: needs.certificate.arn,
      targetGroupArn: needs.targets.arn,
      alternateTargetGroupArn: alternate && needs.other.arn,
    }),
  });
  // The load balancer speaks IPv4; the AAAA record keeps the name from leading anybody else elsewhere.
  const records = (['A', 'AAAA'] as const).map((type) =>
    resource({
      id: `record-${type.toLowerCase()}`,
      kind: recordSet,
      // It is found by the certificate, and nobody should come before the listener is there.
      needs: { balancer, certificate: theCertificate, listener: theListener },
      seconds: 30,
      props: (needs) => ({
        zoneId: hostedZone,
        name: domain,
        type,
        target: needs.balancer.dnsName,
        targetZoneId: needs.balancer.hostedZoneId,
      }),
    }),
  );
  return {
    listener: theListener as NodeOf<typeof listener>,
    nodes: [theCertificate, theListener, ...records],
  };
}
