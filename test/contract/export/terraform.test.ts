import { beforeAll, describe, expect, it } from 'vitest';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import type { Found } from '../../../src/engine/resource.ts';
import { mappings, terraformOf } from '../../../src/export/terraform.ts';
import { kinds } from '../../../src/resources/index.ts';
import { parseHcl, type HclBlock, type HclValue } from '../../helpers/hcl.ts';
import { scope } from '../resources/rig.ts';
import { changedStack, fullStack } from '../safety/full-stack.ts';
import { withSafety } from '../safety/safety-rig.ts';

const serverless = { redis: { mode: 'serverless' }, service: { spot: true } };
const single = { redis: { replicas: 1 }, network: { zones: 3 } };

interface Export {
  files: Map<string, string>;
  blocks: HclBlock[];
  found: Found<unknown>[];
  secrets: string[];
}

const exports = new Map<object, Promise<Export>>();

/** What is written of a stack with these settings that stands, which is set up once. */
function exported(settings: object): Promise<Export> {
  const known = exports.get(settings) ?? make(settings);
  exports.set(settings, known);
  return known;
}

function make(settings: object): Promise<Export> {
  return withSafety({}, async ({ cloud, up }) => {
    await up(settings);
    const listings = await Promise.all(
      kinds.map(async (kind) => ({ kind, found: await kind.find(cloud, scope) })),
    );
    const files = terraformOf(listings, scope, 'eu-west-3');
    const { Parameters = [] } = await cloud.ssm.send(
      new GetParametersByPathCommand({ Path: '/chatops', Recursive: true, WithDecryption: true }),
    );
    return {
      files,
      blocks: [...files.values()].flatMap((text) => parseHcl(text)),
      found: listings.flatMap(({ found }) => found),
      secrets: Parameters.filter(({ Type }) => Type === 'SecureString').map(({ Value }) => Value!),
    };
  });
}

const named = (blocks: HclBlock[], type: string) => blocks.filter((one) => one.type === type);
const addressOf = ({ labels }: HclBlock) => labels.join('.');
const expressionIn = (value: HclValue | undefined) => (value as { expression: string }).expression;

/** The resource of an address, with its import id, and its blocks beside its arguments. */
function at({ blocks }: Export, address: string): Record<string, unknown> {
  const imported = named(blocks, 'import').find(({ arguments: { to } }) => expressionIn(to) === address);
  const resource = named(blocks, 'resource').find((one) => addressOf(one) === address);
  return { importId: imported?.arguments['id'], ...(resource && contentOf(resource)) };
}

/** Blocks of one type are a list. */
function contentOf({ arguments: all, blocks }: HclBlock): Record<string, unknown> {
  const types = [...new Set(blocks.map(({ type }) => type))];
  const lists = types.map((type) => [type, named(blocks, type).map(contentOf)] as const);
  return { ...all, ...Object.fromEntries(lists) };
}

it('has every kind, each in one file', () => {
  const mapped = Object.values(mappings).flatMap((ofService) => ofService.map(({ kind }) => kind.type));
  expect(mapped.toSorted()).toEqual(kinds.map(({ type }) => type).toSorted());
});

describe.each([
  ['everything', fullStack],
  ['everything after a change', changedStack],
  ['a serverless cache and Spot', serverless],
  ['a replica', single],
])('%s', (_, settings) => {
  let stack: Export;
  beforeAll(async () => {
    stack = await exported(settings);
  }, 60_000);

  it('has an import and a resource at each address, once', () => {
    const resources = named(stack.blocks, 'resource').map(addressOf);
    expect(new Set(resources).size).toBe(resources.length);
    // The one type that the provider cannot import.
    const importable = resources.filter((one) => !one.startsWith('aws_appautoscaling_scheduled_action.'));
    const imports = named(stack.blocks, 'import').map(({ arguments: { to } }) => expressionIn(to));
    expect(imports.toSorted()).toEqual(importable.toSorted());
  });

  it('refers to nothing that is not there', () => {
    const addresses = new Set(named(stack.blocks, 'resource').map(addressOf));
    const referred = [...stack.files.values()].flatMap((text) =>
      [...text.matchAll(/(?<!")\b(aws_\w+\.\w+)\.\w+/g)].map(([, address]) => address),
    );
    expect(referred.length).toBeGreaterThan(30);
    expect(referred.filter((address) => !addresses.has(address!))).toEqual([]);
  });

  it('leaves out nothing that the stack owns', () => {
    const text = [...stack.files.values()].join('');
    const missing = stack.found.filter(({ ref }) => !text.includes(`"${ref?.replace(/ (A|AAAA)$/, '')}"`));
    // A service goes by its cluster, a scalable target by what it scales.
    expect(missing.filter(({ ref }) => !text.includes(`/${ref}`))).toEqual([]);
  });

  it('has no secret in it', () => {
    expect(stack.secrets.length).toBeGreaterThan(settings === fullStack ? 1 : -1);
    for (const text of stack.files.values()) {
      for (const secret of stack.secrets) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/auth_token +=/);
    }
  });
});

describe('arguments', () => {
  let full: Export;
  let changed: Export;
  let small: Export;
  let replicated: Export;
  beforeAll(async () => {
    full = await exported(fullStack);
    changed = await exported(changedStack);
    small = await exported(serverless);
    replicated = await exported(single);
  }, 60_000);

  const vpc = { expression: 'aws_vpc.vpc.id' };

  it('of the network', () => {
    expect(at(full, 'aws_vpc.vpc')).toEqual({
      importId: expect.stringMatching(/^vpc-/),
      cidr_block: '10.0.0.0/16',
      enable_dns_support: true,
      enable_dns_hostnames: true,
      tags: {
        Name: 'chat/default/local/vpc',
        'chatops:stack': 'chat/default/local',
        'chatops:id': 'vpc',
        'chatops:version': '1.2.3',
      },
    });
    expect(at(full, 'aws_subnet.subnet_public_b')).toMatchObject({
      importId: expect.stringMatching(/^subnet-/),
      vpc_id: vpc,
      cidr_block: '10.0.16.0/20',
      availability_zone: 'localb',
      map_public_ip_on_launch: true,
    });
    expect(at(full, 'aws_route.route_table_public_default')).toEqual({
      importId: expect.stringMatching(/^rtb-\w+_0\.0\.0\.0\/0$/),
      route_table_id: { expression: 'aws_route_table.route_table_public.id' },
      destination_cidr_block: '0.0.0.0/0',
      gateway_id: { expression: 'aws_internet_gateway.internet_gateway.id' },
    });
    expect(at(full, 'aws_route_table_association.route_table_public_subnet_public_a')).toEqual({
      importId: expect.stringMatching(/^subnet-\w+\/rtb-\w+$/),
      subnet_id: { expression: 'aws_subnet.subnet_public_a.id' },
      route_table_id: { expression: 'aws_route_table.route_table_public.id' },
    });
    const [gateway] = named(full.blocks, 'resource').filter(({ labels }) => labels[0] === 'aws_nat_gateway');
    expect(gateway!.arguments).toMatchObject({
      allocation_id: { expression: expect.stringMatching(/^aws_eip\.\w+\.id$/) },
      subnet_id: { expression: 'aws_subnet.subnet_public_a.id' },
    });
  });

  it('of security group rules', () => {
    const address = 'aws_security_group_rule.security_group_redis_ingress_tcp_6379_security_group_tasks';
    expect(at(full, address)).toEqual({
      importId: expect.stringMatching(/^sg-\w+_ingress_tcp_6379_6379_sg-\w+$/),
      security_group_id: { expression: 'aws_security_group.security_group_redis.id' },
      type: 'ingress',
      protocol: 'tcp',
      from_port: 6379,
      to_port: 6379,
      source_security_group_id: { expression: 'aws_security_group.security_group_tasks.id' },
    });
    expect(
      at(full, 'aws_security_group_rule.security_group_load_balancer_egress_all_0_0_0_0_0'),
    ).toMatchObject({
      importId: expect.stringMatching(/^sg-\w+_egress_all_0_0_0\.0\.0\.0\/0$/),
      protocol: '-1',
      cidr_blocks: ['0.0.0.0/0'],
    });
  });

  it('of endpoints of both types', () => {
    const endpoints = named(changed.blocks, 'resource')
      .filter(({ labels }) => labels[0] === 'aws_vpc_endpoint')
      .map((one) => one.arguments);
    expect(endpoints).toContainEqual(
      expect.objectContaining({
        service_name: 'com.amazonaws.local.s3',
        vpc_endpoint_type: 'Gateway',
        route_table_ids: expect.arrayContaining([{ expression: expect.stringMatching(/^aws_route_table/) }]),
      }),
    );
    expect(endpoints).toContainEqual(
      expect.objectContaining({
        service_name: 'com.amazonaws.local.ecr.api',
        private_dns_enabled: true,
        security_group_ids: [{ expression: expect.stringMatching(/^aws_security_group/) }],
      }),
    );
  });

  it('of the load balancer', () => {
    expect(at(full, 'aws_lb.load_balancer')).toMatchObject({
      importId: expect.stringMatching(/^arn:aws:elasticloadbalancing:.*:loadbalancer\/app\//),
      internal: false,
      idle_timeout: 300,
      enable_deletion_protection: false,
      access_logs: [{ enabled: true, bucket: { expression: 'aws_s3_bucket.access_log_bucket.bucket' } }],
    });
    expect(at(changed, 'aws_lb_target_group.target_group')).toMatchObject({
      importId: expect.stringContaining(':targetgroup/'),
      vpc_id: vpc,
      target_type: 'ip',
      deregistration_delay: 5,
      load_balancing_algorithm_type: 'round_robin',
      stickiness: [{ enabled: true, type: 'lb_cookie', cookie_duration: 86400 }],
      health_check: [{ path: '/ready', interval: 20 }],
    });
    expect(at(full, 'aws_lb_listener.listener_https')).toMatchObject({
      importId: expect.stringContaining(':listener/app/'),
      load_balancer_arn: { expression: 'aws_lb.load_balancer.arn' },
      port: 9300,
      certificate_arn: { expression: 'aws_acm_certificate.certificate.arn' },
      default_action: [
        { type: 'forward', target_group_arn: { expression: 'aws_lb_target_group.target_group.arn' } },
      ],
    });
    expect(at(full, 'aws_lb_listener.listener_http')).toMatchObject({
      default_action: [
        {
          type: 'redirect',
          redirect: [
            {
              protocol: 'HTTPS',
              host: '#{host}',
              port: '9300',
              path: '/#{path}',
              query: '#{query}',
              status_code: 'HTTP_301',
            },
          ],
        },
      ],
    });
  });

  it('of the certificate and the records', () => {
    expect(at(full, 'aws_acm_certificate.certificate')).toMatchObject({
      importId: expect.stringContaining(':certificate/'),
      domain_name: 'chat.localhost',
      validation_method: 'DNS',
      tags: { 'chatops:hosted-zone': 'ZLOCALHOST' },
    });
    expect(at(full, 'aws_route53_record.record_a')).toMatchObject({
      importId: 'ZLOCALHOST_chat.localhost_A',
      alias: [{ name: { expression: 'aws_lb.load_balancer.dns_name' } }],
    });
    expect(at(full, 'aws_route53_record.record_a_owner')).toMatchObject({
      importId: 'ZLOCALHOST__chatops-a.chat.localhost_TXT',
      type: 'TXT',
      records: ['chatops:stack=chat/default/local chatops:id=record-a chatops:version=1.2.3'],
    });
  });

  it('of Redis in each of its forms', () => {
    expect(at(full, 'aws_elasticache_replication_group.replication_group')).toMatchObject({
      importId: expect.stringMatching(/^chat-/),
      engine_version: '8.0',
      num_node_groups: 2,
      replicas_per_node_group: 1,
      multi_az_enabled: true,
      transit_encryption_mode: 'required',
      subnet_group_name: { expression: 'aws_elasticache_subnet_group.cache_subnet_group.name' },
      parameter_group_name: { expression: 'aws_elasticache_parameter_group.cache_parameter_group.name' },
      tags: { 'chatops:access': expect.stringMatching(/^\d{4}-/) },
      lifecycle: [{ ignore_changes: [{ expression: 'auth_token' }] }],
    });
    const group = at(replicated, 'aws_elasticache_replication_group.replication_group');
    expect(group).toMatchObject({ num_cache_clusters: 2, transit_encryption_enabled: false });
    expect(group).not.toHaveProperty('lifecycle');
    expect(at(full, 'aws_elasticache_parameter_group.cache_parameter_group')).toMatchObject({
      family: 'valkey8',
      parameter: [
        { name: 'cluster-enabled', value: 'yes' },
        { name: 'maxmemory-policy', value: 'noeviction' },
      ],
    });
    expect(at(small, 'aws_elasticache_serverless_cache.serverless_cache')).toMatchObject({
      importId: expect.stringMatching(/^chat-/),
      engine: 'valkey',
      major_engine_version: '8',
    });
    expect(at(full, 'aws_ssm_parameter.parameter_redis_auth_token')).toMatchObject({
      importId: '/chatops/chat/default/local/redis-auth-token',
      type: 'SecureString',
      value: 'kept in Parameter Store',
      tags: { 'chatops:rotation': '1@1' },
      lifecycle: [{ ignore_changes: [{ expression: 'value' }] }],
    });
  });

  it('of the service and what it runs', () => {
    expect(at(full, 'aws_ecs_task_definition.task_definition')).toMatchObject({
      importId: expect.stringMatching(/:task-definition\/chat-\w+:1$/),
      cpu: 256,
      memory: 512,
      execution_role_arn: { expression: 'aws_iam_role.role_execution.arn' },
      runtime_platform: [{ cpu_architecture: 'ARM64', operating_system_family: 'LINUX' }],
      container_definitions: {
        'jsonencode()': [
          {
            name: 'app',
            user: 'node',
            portMappings: [{ containerPort: 3000, hostPort: 3000, protocol: 'tcp' }],
            secrets: expect.arrayContaining([
              { name: 'REDIS_URL', valueFrom: expect.stringMatching(/parameter\/.*redis-url$/) },
            ]),
            healthCheck: { command: ['CMD', 'node', 'check.js'] },
          },
        ],
      },
    });
    expect(at(full, 'aws_ecs_service.service')).toMatchObject({
      importId: expect.stringMatching(/^(chat-\w+)\/\1$/),
      cluster: { expression: 'aws_ecs_cluster.cluster.arn' },
      task_definition: { expression: 'aws_ecs_task_definition.task_definition.arn' },
      launch_type: 'FARGATE',
      load_balancer: [{ container_name: 'app', container_port: 3000 }],
      deployment_circuit_breaker: [{ enable: true, rollback: true }],
      lifecycle: [{ ignore_changes: [{ expression: 'desired_count' }] }],
    });
    const onSpot = at(small, 'aws_ecs_service.service');
    expect(onSpot).toMatchObject({
      desired_count: 2,
      capacity_provider_strategy: [
        { capacity_provider: 'FARGATE', base: 1, weight: 0 },
        { capacity_provider: 'FARGATE_SPOT', weight: 1 },
      ],
    });
    expect(onSpot).not.toHaveProperty('launch_type');
    expect(onSpot).not.toHaveProperty('lifecycle');
    expect(at(small, 'aws_ecs_cluster_capacity_providers.cluster')).toMatchObject({
      importId: expect.stringMatching(/^chat-/),
      capacity_providers: ['FARGATE', 'FARGATE_SPOT'],
    });
  });

  it('of scaling', () => {
    const id = /^ecs\/service\/(chat-\w+)\/\1\/ecs:service:DesiredCount/;
    expect(at(full, 'aws_appautoscaling_target.scalable_target')).toMatchObject({
      importId: expect.stringMatching(id),
      min_capacity: 2,
      max_capacity: 6,
    });
    const all = named(full.blocks, 'resource').map(addressOf);
    const policies = all.filter((one) => one.startsWith('aws_appautoscaling_policy.'));
    expect(policies).toHaveLength(2);
    const targets = policies.map((address) => at(full, address));
    expect(targets).toContainEqual(
      expect.objectContaining({
        importId: expect.stringMatching(new RegExp(`${id.source}/.+`)),
        policy_type: 'TargetTrackingScaling',
        target_tracking_scaling_policy_configuration: [
          expect.objectContaining({
            target_value: 60,
            predefined_metric_specification: [{ predefined_metric_type: 'ECSServiceAverageCPUUtilization' }],
          }),
        ],
      }),
    );
    const [action] = all.filter((one) => one.startsWith('aws_appautoscaling_scheduled_action.'));
    expect(at(full, action!)).toMatchObject({
      importId: undefined,
      schedule: 'cron(0 8 ? * * *)',
      timezone: 'UTC',
      scalable_target_action: [{ min_capacity: 3 }],
    });
  });

  it('of roles, the repository and logs', () => {
    expect(at(full, 'aws_iam_role.role_execution')).toMatchObject({
      importId: expect.stringMatching(/^chat-\w+-execution$/),
      path: expect.stringMatching(/^\/chatops\/\w+\/$/),
      assume_role_policy: { 'jsonencode()': { Version: '2012-10-17' } },
    });
    expect(at(full, 'aws_iam_role_policy.role_execution_secrets')).toMatchObject({
      importId: expect.stringMatching(/^chat-\w+-execution:secrets$/),
      role: { expression: 'aws_iam_role.role_execution.name' },
    });
    const managed = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
    expect(
      at(full, 'aws_iam_role_policy_attachment.role_execution_AmazonECSTaskExecutionRolePolicy'),
    ).toMatchObject({ importId: expect.stringMatching(`-execution/${managed}$`), policy_arn: managed });
    expect(at(full, 'aws_ecr_repository.repository')).toMatchObject({
      importId: expect.stringMatching(/^chatops\/chat-/),
      image_tag_mutability: 'IMMUTABLE',
      image_scanning_configuration: [{ scan_on_push: true }],
    });
    expect(at(full, 'aws_ecr_lifecycle_policy.repository')).toMatchObject({
      repository: { expression: 'aws_ecr_repository.repository.name' },
    });
    expect(at(changed, 'aws_cloudwatch_log_group.log_group')).toMatchObject({
      importId: '/chatops/chat/default/local',
      retention_in_days: 7,
    });
  });

  it('of alarms, the dashboard and the bucket of access logs', () => {
    expect(at(full, 'aws_cloudwatch_metric_alarm.alarm_cpu')).toMatchObject({
      importId: 'chatops/chat/default/local/cpu',
      namespace: 'AWS/ECS',
      metric_name: 'CPUUtilization',
      statistic: 'Average',
      threshold: 80,
      treat_missing_data: 'notBreaching',
    });
    expect(at(full, 'aws_cloudwatch_metric_alarm.alarm_missing_tasks')).toMatchObject({
      metric_query: [
        { id: 'watched', expression: 'm1 - m2', return_data: true },
        { id: 'm1', metric: [{ metric_name: 'DesiredTaskCount', stat: 'Average' }] },
        { id: 'm2', metric: [{ metric_name: 'RunningTaskCount' }] },
      ],
    });
    expect(at(full, 'aws_cloudwatch_dashboard.dashboard')).toMatchObject({
      dashboard_body: { 'jsonencode()': { widgets: expect.arrayContaining([expect.anything()]) } },
    });
    const bucket = { expression: 'aws_s3_bucket.access_log_bucket.bucket' };
    const importId = at(full, 'aws_s3_bucket.access_log_bucket')['importId'];
    expect(at(full, 'aws_s3_bucket_public_access_block.access_log_bucket')).toMatchObject({
      importId,
      bucket,
      restrict_public_buckets: true,
    });
    expect(at(changed, 'aws_s3_bucket_lifecycle_configuration.access_log_bucket')).toMatchObject({
      bucket,
      rule: [{ status: 'Enabled', filter: [{ prefix: '' }], expiration: [{ days: 7 }] }],
    });
    expect(at(full, 'aws_s3_bucket_policy.access_log_bucket')).toMatchObject({
      policy: { 'jsonencode()': { Statement: expect.anything() } },
    });
    expect(at(full, 'aws_s3_bucket_server_side_encryption_configuration.access_log_bucket')).toMatchObject({
      rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: 'AES256' }] }],
    });
  });
});
