import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  type LoadBalancer,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients } from '../../helpers/local-cloud.ts';

export interface Network {
  vpcId: string;
  /** In the zones a, b and once more a. */
  subnetIds: [string, string, string];
  securityGroupId: string;
}

/** A VPC that a load balancer can live in. */
export async function createNetwork({ ec2 }: Clients): Promise<Network> {
  const vpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc!.VpcId!;
  const gateway = (await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway!;
  await ec2.send(
    new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: gateway.InternetGatewayId }),
  );
  const subnet = async (zone: string, third: number) => {
    const input = { VpcId: vpcId, AvailabilityZone: `local${zone}`, CidrBlock: `10.0.${third}.0/24` };
    return (await ec2.send(new CreateSubnetCommand(input))).Subnet!.SubnetId!;
  };
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: 'web', Description: 'web' }),
  );
  return {
    vpcId,
    subnetIds: [await subnet('a', 0), await subnet('b', 1), await subnet('a', 2)],
    securityGroupId: group.GroupId!,
  };
}

export async function createLoadBalancer(
  { elbv2 }: Clients,
  { subnetIds: [a, b], securityGroupId }: Network,
  name = 'chat',
): Promise<LoadBalancer & { LoadBalancerArn: string }> {
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: name, Subnets: [a, b], SecurityGroups: [securityGroupId] }),
  );
  return LoadBalancers![0] as LoadBalancer & { LoadBalancerArn: string };
}

export async function createTargetGroup(
  { elbv2 }: Clients,
  { vpcId }: Network,
  name = 'chat',
): Promise<TargetGroup & { TargetGroupArn: string }> {
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: name,
      VpcId: vpcId,
      Port: 3000,
      Protocol: 'HTTP',
      TargetType: 'ip',
    }),
  );
  return TargetGroups![0] as TargetGroup & { TargetGroupArn: string };
}
