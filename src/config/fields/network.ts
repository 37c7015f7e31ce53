import { z } from 'zod';

const subnets = z.array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be the id of a subnet')).min(2);

/** `network`: the VPC and what runs where in it. */
export const network = z
  .strictObject({
    vpc: z
      .string()
      .regex(/^vpc-[0-9a-f]{8,17}$/, 'must be the id of a VPC')
      .optional()
      .describe('An existing VPC in place of one of its own; cidr and zones then have no effect'),
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
      .default('10.0.0.0/16')
      .describe('IPv4 range of the VPC'),
    zones: z.number().int().min(2).max(3).default(2).describe('How many availability zones to spread over'),
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

/** What `network.nat` is where it is not set: private tasks need some way to the registry. */
export function defaultNat({ vpc, tasks, endpoints }: z.infer<typeof network>) {
  return vpc === undefined && tasks === 'private' && !endpoints ? 'one' : 'none';
}
