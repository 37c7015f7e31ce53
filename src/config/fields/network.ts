import { z } from 'zod';

/** `network`: the VPC and what runs where in it. */
export const network = z
  .strictObject({
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
  .refine(({ tasks, nat, endpoints }) => tasks === 'public' || nat !== 'none' || endpoints, {
    path: ['nat'],
    message: 'must be "one" or "per-zone" where tasks are private, unless network.endpoints is true',
  });

/** What `network.nat` is where it is not set: private tasks need some way to the registry. */
export function defaultNat({ tasks, endpoints }: Pick<z.infer<typeof network>, 'tasks' | 'endpoints'>) {
  return tasks === 'private' && !endpoints ? 'one' : 'none';
}
