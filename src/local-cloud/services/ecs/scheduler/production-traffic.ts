import type { DescribeRulesOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call } from '../../../operation.ts';
import { targetGroupsOf } from '../../elbv2/action.ts';
import { operations as elbv2 } from '../../elbv2/index.ts';
import { listenerOfDefaultRule } from '../../elbv2/rule.ts';
import type { StoredService } from '../state.ts';
import { ask } from './ask.ts';

/** What ECS says of a rule that does not forward to both target groups. */
export const notAssociated =
  'Service deployment rolled back because of invalid networking configuration. Both targetGroup and alternateTargetGroup must be associated with the productionListenerRule or testListenerRule.';

/** Gives one target group of a service all of the production traffic (elasticloadbalancing:ModifyListener). Throws {@link notAssociated} for a rule that does not know both, and what ELBv2 throws. */
export async function shiftTraffic(
  call: Call,
  service: StoredService,
  targetGroupArn: string,
): Promise<void> {
  const [balancer] = service.loadBalancers;
  const { alternateTargetGroupArn = '', productionListenerRule = '' } = balancer?.advancedConfiguration ?? {};
  const groups = [balancer?.targetGroupArn ?? '', alternateTargetGroupArn];
  const { Rules } = await ask<DescribeRulesOutput>(
    elbv2,
    'DescribeRules',
    { RuleArns: [productionListenerRule] },
    call,
  );
  const known = (Rules?.[0]?.Actions ?? []).flatMap(targetGroupsOf).map(({ arn }) => arn);
  if (!groups.every((arn) => known.includes(arn))) throw new Error(notAssociated);
  const TargetGroups = groups.map((arn) => ({
    TargetGroupArn: arn,
    Weight: arn === targetGroupArn ? 100 : 0,
  }));
  await ask(
    elbv2,
    'ModifyListener',
    {
      ListenerArn: listenerOfDefaultRule(productionListenerRule),
      DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    },
    call,
  );
}
