import * as z from 'zod';

const subnets = z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be the id of a subnet')).min(2);

/** `network`: the VPC and what runs where in it. */
export const network = z
  .strictObject({
    vpc: z
      .string()
      .regex(/^vpc-[0-9a-f]{8,17}$/, 'must be the id of a VPC')
      .optional()
      .describe('An existing VPC in place of one of its own; cidr and zones are then left out'),
    subnets: z
      .strictObject({
        public: subnets.describe('Subnets of the load balancer, in two zones at least, one per zone'),
        private: subnets.optional().describe('Subnets of the tasks where network.tasks is "private"'),
        isolated: subnets
          .optional()
          .describe('Subnets of Redis; default: the private ones, else the public ones'),
      })
      .optional()
      .describe('The subnets of the existing VPC'),
    cidr: z
      .cidrv4()
      .refine((cidr) => Number(cidr.split('/')[1]) >= 16 && Number(cidr.split('/')[1]) <= 22, {
        message: 'must be between /16 and /22, so that each subnet has room',
      })
      .optional()
      .describe('IPv4 range of the VPC; default: 10.0.0.0/16'),
    zones: z
      .number()
      .int()
      .min(2)
      .max(3)
      .optional()
      .describe('How many availability zones to spread over; default: 2'),
    tasks: z
      .enum(['public', 'private'])
      .default('public')
      .describe('Which subnets the tasks run in: public ones, with public addresses, or private ones'),
    nat: z
      .enum(['none', 'one', 'per-zone'])
      .optional()
      .describe(
        'NAT gateways over which private tasks reach the internet; default: "one" where tasks are private and endpoints is false',
      ),
    endpoints: z
      .boolean()
      .default(false)
      .describe(
        'VPC endpoints in place of NAT: private tasks reach the services of AWS that they need, and nothing else',
      ),
  })
  .refine(({ vpc, subnets: named }) => (vpc === undefined) === (named === undefined), {
    path: ['subnets'],
    message: 'must be set where network.vpc is, and only there',
  })
  .superRefine(({ vpc, ...own }, context) => {
    for (const field of ['cidr', 'zones'] as const) {
      if (vpc === undefined || own[field] === undefined) continue;
      const message = 'belongs to a VPC of the stack’s own: leave it out where network.vpc is set';
      context.addIssue({ code: 'custom', path: [field], message });
    }
  })
  .refine(({ tasks, subnets: named }) => named === undefined || tasks === 'public' || named.private, {
    path: ['subnets', 'private'],
    message: 'must be set where network.tasks is "private"',
  })
  .refine(({ vpc, nat, endpoints }) => vpc === undefined || (!endpoints && (nat ?? 'none') === 'none'), {
    path: ['vpc'],
    message: 'brings its own ways out: leave network.nat and network.endpoints out',
  })
  .refine(({ tasks, nat }) => tasks === 'private' || nat === undefined || nat === 'none', {
    path: ['nat'],
    message: 'has a meaning only where network.tasks is "private"',
  })
  .refine(({ tasks, endpoints }) => tasks === 'private' || !endpoints, {
    path: ['endpoints'],
    message: 'has a meaning only where network.tasks is "private"',
  })
  .refine(({ nat, endpoints }) => !endpoints || nat === undefined || nat === 'none', {
    path: ['endpoints'],
    message: 'takes the place of network.nat: choose one of them',
  })
  .refine(
    ({ vpc, tasks, nat, endpoints }) =>
      vpc !== undefined || tasks === 'public' || nat !== 'none' || endpoints,
    {
      path: ['nat'],
      message: 'must be "one" or "per-zone" where tasks are private, unless network.endpoints is true',
    },
  );

/** `network` with the defaults that depend on other fields: private tasks need some way to the registry. */
export function completeNetwork(own: z.infer<typeof network>) {
  const { vpc, tasks, endpoints, nat, cidr = '10.0.0.0/16', zones = 2 } = own;
  const usual = vpc === undefined && tasks === 'private' && !endpoints ? 'one' : 'none';
  return { ...own, cidr, zones, nat: nat ?? usual };
}

/** Whether tasks that reach nothing but the endpoints of this region can pull an image: only from its own ECR. */
export function isInReach(image: string, region: string): boolean {
  const host = image.split('/')[0]!;
  // An AWS-compatible cloud on this machine has its registry here, too.
  if (/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return true;
  const [account = '', ...name] = host.replace(/\.cn$/, '').split('.');
  const names = [
    `dkr.ecr.${region}.amazonaws.com`,
    `dkr.ecr-fips.${region}.amazonaws.com`,
    `dkr-ecr.${region}.on.aws`,
  ];
  return /^\d{12}$/.test(account) && names.includes(name.join('.'));
}
