import type {
  DescribeRulesInput,
  DescribeRulesOutput,
  Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Call, Operations } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { mustFindListener, validationError } from './errors.ts';
import { elbv2State, type StoredListener } from './state.ts';

export const ruleOperations: Operations = { DescribeRules };

/** Each listener has its default rule and no other. */
function DescribeRules(input: DescribeRulesInput, call: Call): DescribeRulesOutput {
  const state = elbv2State(call);
  if (input.ListenerArn !== undefined) {
    return { Rules: [defaultRule(mustFindListener(state, input.ListenerArn))] };
  }
  const { RuleArns: arns = [] } = input;
  if (arns.length === 0) throw validationError('A listener ARN or rule ARNs must be specified');
  const rules = [...state.listeners.values()].map(defaultRule);
  return {
    Rules: arns.map((arn) => {
      const found = rules.find(({ RuleArn }) => RuleArn === arn);
      if (found === undefined) throw new AwsError('RuleNotFound', 'One or more rules not found');
      return found;
    }),
  };
}

/** The listener that a default rule is of: what ModifyListener takes, for a default rule cannot be modified as a rule. */
export function listenerOfDefaultRule(ruleArn: string): string {
  return ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]*$/, '');
}

/** Its id is its listener's, so that it needs no state of its own. */
function defaultRule({ ListenerArn, DefaultActions }: StoredListener): Rule {
  const id = ListenerArn.split('/').at(-1);
  return {
    RuleArn: `${ListenerArn.replace(':listener/', ':listener-rule/')}/${id}`,
    Priority: 'default',
    Conditions: [],
    Actions: DefaultActions,
    IsDefault: true,
  };
}
