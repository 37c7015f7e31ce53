/** What Service Quotas says of a quota that nobody raised. */
interface DefaultQuota {
  service: 'ec2' | 'fargate' | 'vpc';
  code: string;
  name: string;
  value: number;
}

/** AWS's defaults (https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html). */
export const quotas: readonly DefaultQuota[] = [
  { service: 'vpc', code: 'L-F678F1CE', name: 'VPCs per Region', value: 5 },
  { service: 'ec2', code: 'L-0263D0A3', name: 'EC2-VPC Elastic IPs', value: 5 },
  { service: 'fargate', code: 'L-3032A538', name: 'Fargate On-Demand vCPU resource count', value: 6 },
  { service: 'fargate', code: 'L-36FBB829', name: 'Fargate Spot vCPU resource count', value: 6 },
];

/** Their names as Service Quotas has them. */
export const serviceNames = {
  ec2: 'Amazon Elastic Compute Cloud (Amazon EC2)',
  fargate: 'AWS Fargate',
  vpc: 'Amazon Virtual Private Cloud (Amazon VPC)',
} as const;
