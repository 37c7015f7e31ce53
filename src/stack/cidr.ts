/** The range with all bits below its prefix cleared, as EC2 stores it: `10.1.2.3/16` is `10.1.0.0/16`. */
export function canonicalCidr(cidr: string): string {
  const { address, prefix } = parse(cidr);
  return format(address, prefix);
}

/** The `index`-th of the 16 equal parts of a range: a /16 has sixteen /20. */
export function sixteenth(cidr: string, index: number): string {
  const { address, prefix } = parse(cidr);
  const part = prefix + 4;
  return format(address + index * 2 ** (32 - part), part);
}

function parse(cidr: string): { address: number; prefix: number } {
  const [dotted = '', bits = '32'] = cidr.split('/');
  const address = dotted.split('.').reduce((number, part) => number * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return { address: Math.floor(address / size) * size, prefix: Number(bits) };
}

function format(address: number, prefix: number): string {
  const parts = [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256);
  return `${parts.join('.')}/${prefix}`;
}
