import { recordSet } from '../resources/route53/record-set.ts';
import { block, link } from './hcl.ts';
import { mapping, type Mapping } from './mapping.ts';

/** The records that lead to the load balancer, each with the TXT record that says whose it is. */
export const route53: Mapping[] = [
  mapping(recordSet, ({ attrs, found, name }, { scope }) => {
    const { zoneId, type = 'A', target, targetZoneId } = attrs;
    const owner = `_chatops-${type.toLowerCase()}.${attrs.name}`;
    const isAlias = target !== undefined && targetZoneId !== undefined;
    return [
      {
        type: 'aws_route53_record',
        name,
        importId: `${zoneId}_${attrs.name}_${type}`,
        body: isAlias
          ? {
              zone_id: zoneId,
              name: attrs.name,
              type,
              alias: block({ name: link(target), zone_id: targetZoneId, evaluate_target_health: false }),
            }
          : undefined,
      },
      {
        type: 'aws_route53_record',
        name: `${name}_owner`,
        importId: `${zoneId}_${owner}_TXT`,
        body: {
          zone_id: zoneId,
          name: owner,
          type: 'TXT',
          ttl: 300,
          records: [
            `chatops:stack=${scope.stack} chatops:id=${found.id} chatops:version=${found.version ?? scope.version}`,
          ],
        },
      },
    ];
  }),
];
