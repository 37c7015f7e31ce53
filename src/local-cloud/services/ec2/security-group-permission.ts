import type { IpPermission, Tag } from '@aws-sdk/client-ec2';
import type { Call } from '../../operation.ts';
import { AwsError } from '../../operation.ts';
import { formatCidr, parseCidr } from './cidr.ts';
import { missing, mustFind } from './errors.ts';
import { ec2State, newId, type StoredRule } from './state.ts';

/** What a rule lets through: EC2 keeps one rule for each protocol, port range and peer. */
export type RuleBody = Pick<
  StoredRule,
  | 'IpProtocol'
  | 'FromPort'
  | 'ToPort'
  | 'CidrIpv4'
  | 'CidrIpv6'
  | 'PrefixListId'
  | 'ReferencedGroupInfo'
  | 'Description'
>;

/** Adds a rule to a group without any check. */
export function addRule(
  call: Call,
  groupId: string,
  egress: boolean,
  body: RuleBody,
  tags: Tag[] = [],
): StoredRule {
  const id = newId('sgr');
  const rule: StoredRule = {
    SecurityGroupRuleId: id,
    SecurityGroupRuleArn: `arn:aws:ec2:${call.region}:${call.account}:security-group-rule/${id}`,
    GroupId: groupId,
    GroupOwnerId: call.account,
    IsEgress: egress,
    ...body,
    Tags: tags,
  };
  ec2State(call).securityGroupRules.set(id, rule);
  return rule;
}

/** The rules of a group in one direction. */
export function rulesOf(call: Call, groupId: string, egress: boolean): StoredRule[] {
  return [...ec2State(call).securityGroupRules.values()].filter(
    (rule) => rule.GroupId === groupId && rule.IsEgress === egress,
  );
}

/** Rules as DescribeSecurityGroups lists them: peers gathered under their protocol and ports. */
export function permissionsOf(rules: StoredRule[]): IpPermission[] {
  const gathered = new Map<string, Required<Omit<IpPermission, 'FromPort' | 'ToPort'>> & IpPermission>();
  for (const rule of rules) {
    const key = `${rule.IpProtocol} ${rule.FromPort} ${rule.ToPort}`;
    const permission = gathered.get(key) ?? {
      IpProtocol: rule.IpProtocol,
      ...(rule.IpProtocol === '-1' ? {} : { FromPort: rule.FromPort, ToPort: rule.ToPort }),
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    gathered.set(key, permission);
    const described = rule.Description === undefined ? {} : { Description: rule.Description };
    if (rule.CidrIpv4 !== undefined) permission.IpRanges.push({ CidrIp: rule.CidrIpv4, ...described });
    if (rule.CidrIpv6 !== undefined) permission.Ipv6Ranges.push({ CidrIpv6: rule.CidrIpv6, ...described });
    if (rule.PrefixListId !== undefined) {
      permission.PrefixListIds.push({ PrefixListId: rule.PrefixListId, ...described });
    }
    if (rule.ReferencedGroupInfo !== undefined) {
      const { GroupId, UserId } = rule.ReferencedGroupInfo;
      permission.UserIdGroupPairs.push({ GroupId, UserId, ...described });
    }
  }
  return [...gathered.values()];
}

/** One rule for each peer of the permissions of a call. Throws EC2's errors for what it cannot read. */
export function ruleBodiesOf(
  call: Call,
  group: { VpcId: string },
  permissions: IpPermission[] | undefined,
): RuleBody[] {
  const bodies = (permissions ?? []).flatMap((permission) => {
    const ports = portsOf(permission);
    const peers = [
      ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => ({
        CidrIpv4: cidrOf(CidrIp ?? ''),
        Description,
      })),
      ...(permission.Ipv6Ranges ?? []),
      ...(permission.PrefixListIds ?? []),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId, Description }) => ({
        ReferencedGroupInfo: { GroupId: peerGroupOf(call, group, GroupId), UserId: call.account },
        Description,
      })),
    ];
    for (const { Description } of peers) mustBeDescription(Description);
    return peers.map((peer) => ({ ...ports, ...peer }));
  });
  if (bodies.length === 0) throw missing('ipPermissions');
  return bodies;
}

/** What makes two rules of a group the same: everything but the description. */
export function identityOf(body: RuleBody): string {
  const peer = body.CidrIpv4 ?? body.CidrIpv6 ?? body.PrefixListId ?? body.ReferencedGroupInfo?.GroupId;
  return `${body.IpProtocol} ${body.FromPort} ${body.ToPort} ${peer}`;
}

/** A rule in the words of InvalidPermission.Duplicate. */
export function wordsOf(body: RuleBody): string {
  const peer = body.CidrIpv4 ?? body.CidrIpv6 ?? body.PrefixListId ?? body.ReferencedGroupInfo?.GroupId;
  if (body.IpProtocol === '-1') return `peer: ${peer}, ALL, ALLOW`;
  const protocol = body.IpProtocol.toUpperCase();
  return `peer: ${peer}, ${protocol}, from port: ${body.FromPort}, to port: ${body.ToPort}, ALLOW`;
}

const protocolNames: Record<string, string> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

function portsOf({ IpProtocol, FromPort, ToPort }: IpPermission) {
  const asWritten = (IpProtocol ?? '').toLowerCase();
  const protocol = asWritten === 'all' ? '-1' : (protocolNames[asWritten] ?? asWritten);
  if (!/^(?:-1|tcp|udp|icmp|icmpv6|\d{1,3})$/.test(protocol)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Invalid value '${IpProtocol ?? ''}' for IP protocol. Unknown protocol.`,
    );
  }
  if (protocol === 'tcp' || protocol === 'udp') {
    if (FromPort === undefined || ToPort === undefined) {
      throw new AwsError(
        'InvalidParameterValue',
        "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.",
      );
    }
    if (FromPort > ToPort || FromPort < 0 || ToPort > 65535) {
      throw new AwsError(
        'InvalidParameterValue',
        `Invalid value '${FromPort} - ${ToPort}' for portRange. Invalid TCP/UDP port range.`,
      );
    }
    return { IpProtocol: protocol, FromPort, ToPort };
  }
  if (protocol.startsWith('icmp')) {
    return { IpProtocol: protocol, FromPort: FromPort ?? -1, ToPort: ToPort ?? -1 };
  }
  return { IpProtocol: protocol, FromPort: -1, ToPort: -1 };
}

function cidrOf(text: string): string {
  const block = parseCidr(text);
  if (block === undefined) throw new AwsError('InvalidParameterValue', `CIDR block ${text} is malformed`);
  return formatCidr(block);
}

function peerGroupOf(call: Call, group: { VpcId: string }, id: string | undefined): string {
  const peer = mustFind(ec2State(call).securityGroups, 'securityGroup', id ?? '');
  if (peer.VpcId !== group.VpcId) {
    throw new AwsError(
      'InvalidGroup.NotFound',
      'You have specified two resources that belong to different networks.',
    );
  }
  return peer.GroupId;
}

function mustBeDescription(text: string | undefined): void {
  if (text === undefined || /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/.test(text)) return;
  throw new AwsError(
    'InvalidParameterValue',
    'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
  );
}
