import { resource } from '../engine/resource.ts';
import { certificate } from '../resources/acm/certificate.ts';
import { listener } from '../resources/elbv2/listener.ts';
import { recordSet } from '../resources/route53/record-set.ts';
import type { Forwarding } from './forwarding.ts';
import type { StackInput } from './input.ts';
import type { NodeOf } from './node-of.ts';

/** The HTTPS listener, and where the config names a domain its certificate and the records that lead to the load balancer; undefined where the config asks for none. */
export function httpsOf({ config, hostedZone = '' }: StackInput, toTasks: Forwarding) {
  const { https: wanted } = config.loadBalancer;
  if (wanted === undefined) return undefined;
  const { certificateArn, domain, port } = wanted;
  if (domain === undefined) {
    const only = resource({
      id: 'listener-https',
      kind: listener,
      needs: toTasks.needs,
      props: (needs) => ({ ...toTasks.props(needs), port, protocol: 'HTTPS' as const, certificateArn }),
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
    kind: listener,
    needs: { ...toTasks.needs, certificate: theCertificate },
    props: (needs) => ({
      ...toTasks.props(needs),
      port,
      protocol: 'HTTPS' as const,
      certificateArn: needs.certificate.arn,
    }),
  });
  // The load balancer speaks IPv4; the AAAA record keeps the name from leading anybody else elsewhere.
  const records = (['A', 'AAAA'] as const).map((type) =>
    resource({
      id: `record-${type.toLowerCase()}`,
      kind: recordSet,
      // It is found by the certificate, and nobody should come before the listener is there.
      needs: { balancer: toTasks.needs.balancer, certificate: theCertificate, listener: theListener },
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
