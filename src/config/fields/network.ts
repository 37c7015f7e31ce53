import { z } from 'zod';

/** `network`: the VPC and what runs where in it. */
export const network = z.strictObject({
  cidr: z
    .cidrv4()
    .refine((cidr) => Number(cidr.split('/')[1]) >= 16 && Number(cidr.split('/')[1]) <= 22, {
      message: 'must be between /16 and /22, so that each subnet has room',
    })
    .default('10.0.0.0/16')
    .describe('IPv4 range of the VPC'),
  zones: z.number().int().min(2).max(3).default(2).describe('How many availability zones to spread over'),
  tasks: z.enum(['public']).default('public').describe('Which subnets the tasks run in'),
});
