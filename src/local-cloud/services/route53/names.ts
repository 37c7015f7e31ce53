import { AwsError } from '../../operation.ts';

/** A domain name as Route 53 keeps it: lower case, with a final dot, unusual characters as octal codes. */
export function canonicalName(name: string): string {
  const whole = name.toLowerCase().replace(/\.?$/, '.');
  return whole.replaceAll('*', '\\052');
}

/** Throws InvalidDomainName for what is none. */
export function mustBeDomainName(name: string): void {
  const labels = name.replace(/\.$/, '').split('.');
  if (name.length > 255 || !labels.every((label) => /^[a-z0-9_*-]{1,63}$/i.test(label))) {
    throw new AwsError('InvalidDomainName', `${name} is not a valid domain name`);
  }
}

/** The order of Route 53's listings: by the labels from the last one on. */
export function sortKey(name: string): string {
  return name.replace(/\.$/, '').split('.').toReversed().join('\u0001');
}
