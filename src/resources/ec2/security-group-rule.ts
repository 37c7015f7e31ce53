import type { IpPermission } from '@aws-sdk/client-ec2';

/** One permission of a security group: one protocol, one range of ports, one peer. */
export interface SecurityGroupRule {
  /** `tcp`, `udp`, `icmp`, or `-1` for all. */
  protocol: string;
  /** Both without a value where the protocol is `-1`. */
  fromPort?: number | undefined;
  toPort?: number | undefined;
  /** An IPv4 or IPv6 range, or the id of a security group (`sg-…`) or prefix list (`pl-…`). */
  peer: string;
}

/** EC2's permissions, which group peers by protocol and ports, as one rule per peer. */
export function rulesFrom(permissions: readonly IpPermission[] = []): SecurityGroupRule[] {
  return permissions.flatMap((permission) => {
    const all = permission.IpProtocol === '-1';
    const peers = [
      ...(permission.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
    ];
    return peers.map((peer) => ({
      protocol: permission.IpProtocol!,
      ...(all ? {} : { fromPort: permission.FromPort, toPort: permission.ToPort }),
      peer: peer!,
    }));
  });
}

/** A rule as EC2 takes it. */
export function permissionOf({ protocol, fromPort, toPort, peer }: SecurityGroupRule): IpPermission {
  return { IpProtocol: protocol, FromPort: fromPort, ToPort: toPort, ...peerOf(peer) };
}

function peerOf(peer: string): Partial<IpPermission> {
  if (peer.startsWith('sg-')) return { UserIdGroupPairs: [{ GroupId: peer }] };
  if (peer.startsWith('pl-')) return { PrefixListIds: [{ PrefixListId: peer }] };
  if (peer.includes(':')) return { Ipv6Ranges: [{ CidrIpv6: peer }] };
  return { IpRanges: [{ CidrIp: peer }] };
}
