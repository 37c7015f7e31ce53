/** A block of IPv4 addresses; `first` is an unsigned 32-bit number. */
export interface CidrBlock {
  first: number;
  prefix: number;
  size: number;
}

/** Reads `10.0.0.0/16`; host bits are cleared, as EC2 does (`100.68.0.18/18` is `100.68.0.0/18`). Undefined when it is no CIDR block. */
export function parseCidr(text: string): CidrBlock | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const prefix = parts[4] ?? 0;
  if (prefix > 32 || parts.slice(0, 4).some((byte) => byte > 255)) return undefined;
  const size = 2 ** (32 - prefix);
  const address = parts.slice(0, 4).reduce((sum, byte) => sum * 256 + byte, 0);
  return { first: address - (address % size), prefix, size };
}

/** `10.0.0.0/16`. */
export function formatCidr({ first, prefix }: CidrBlock): string {
  return `${formatAddress(first)}/${prefix}`;
}

/** `10.0.0.1`. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** Whether `inner` lies wholly in `outer`. */
export function contains(outer: CidrBlock, inner: CidrBlock): boolean {
  return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}

/** Whether two blocks share an address. */
export function overlaps(a: CidrBlock, b: CidrBlock): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}
