import { expect, it } from 'vitest';
import { constraintsOf, limitOf, limits } from '../../../src/local-cloud/constraints/constraints.ts';
import { brokenConstraint } from '../../../src/local-cloud/constraints/limit.ts';
import { services } from '../../../src/local-cloud/services/index.ts';
import { operationShape } from '../../../src/local-cloud/wire/schema.ts';
import { sentRequests } from '../../helpers/sent-requests.ts';
import { changedStack, fullStack } from './full-stack.ts';
import { withSafety } from './safety-rig.ts';
import { valuesIn } from '../../helpers/values-in.ts';
import type { SentValue } from '../../helpers/values-in.ts';

/** Values that need no row: they name another resource, which is looked up, or AWS gives no limit for them. */
const lookedUp =
  /(Id|Ids|Arn|ARN|Arns|Token|role|cluster|clusters|service|services|task|tasks|taskDefinition|taskDefinitions|subnets|securityGroups|Subnets|SecurityGroups|ResourceName|Names|TagKeys|AvailabilityZone)$/;
const free = [
  // Whatever an image, a person or a resource is called.
  /^ecs (ContainerDefinition\.(image|user)|KeyValuePair\.\w+|Secret\.\w+|LogConfiguration\.options|LoadBalancer\.containerName|HealthCheck\.command|ClusterSetting\.value|\w+\.familyPrefix)$/,
  /^ec2 (Filter\.\w+|CreateVpcEndpointRequest\.ServiceName)$/,
  /^elasticache (\w+\.(\w*Description|Source|NodeGroupCount)|ParameterNameValue\.\w+)$/,
  /^elasticloadbalancing \w+\.SslPolicy$/,
  // Numbers of tasks and per cent, with limits only in relation to each other.
  /^application-autoscaling \w+\.(M(in|ax)Capacity|TargetValue|Scale(In|Out)Cooldown)$/,
  /^monitoring (PutMetricAlarmInput\.Threshold|MetricStat\.Stat|PutDashboardInput\.DashboardBody)$/,
  /^s3 (\w+\.Policy|LifecycleRuleFilter\.Prefix|AbortIncompleteMultipartUpload\.DaysAfterInitiation)$/,
];

it('every value that up, an update and down send to AWS is within a known limit, an enumeration, or names something', async () => {
  const values = new Map<string, SentValue>();
  await withSafety({}, async (rig) => {
    const sent = sentRequests(rig.cloud);
    await rig.up(fullStack);
    await rig.up(changedStack);
    await rig.down(changedStack);
    for (const { signingName, operation, input } of sent) {
      const service = services.find((one) => one.signingName === signingName)!;
      const shape = operationShape(await service.schemas(), operation)!.input;
      for (const value of valuesIn(shape, input)) {
        values.set(`${signingName} ${value.structure}.${value.member} = ${JSON.stringify(value.value)}`, {
          ...value,
          signingName,
        });
      }
    }
  });
  const unknown = new Set<string>();
  const outside: string[] = [];
  for (const [text, { signingName, structure, member, value }] of values) {
    const constraints = constraintsOf(signingName!);
    const limit = limitOf(constraints, structure, member);
    const place = `${signingName} ${structure}.${member}`;
    if (limit !== undefined) {
      const broken = brokenConstraint(limit, value);
      if (broken !== undefined) outside.push(`${text}: ${broken} (${limit.page})`);
    } else if (constraints.enumerations[structure]?.[member] === undefined) {
      if (!lookedUp.test(member) && !free.some((one) => one.test(place))) unknown.add(place);
    }
  }
  expect(outside).toEqual([]);
  expect([...unknown]).toEqual([]);
  expect(values.size).toBeGreaterThan(150);
});

it('each limit names one page of the AWS documentation', () => {
  for (const [service, table] of Object.entries(limits)) {
    for (const [member, { page }] of Object.entries(table)) {
      expect(page, `${service} ${member}`).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
    }
  }
});
