import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const ivBytes = 12;
const tagBytes = 16;

/** Who a browser is bound to, as it stands in the cookie. */
export interface Stickiness {
  targetGroupArn: string;
  targetId: string;
}

/**
 * The `Set-Cookie` values that bind a browser to a target for `seconds` from `now` on (milliseconds). AWSALBCORS is the
 * same cookie for cross-site use; like an ALB, it is not marked `Secure` over plain HTTP.
 */
export function stickyCookies(
  key: Buffer,
  bound: Stickiness,
  { seconds, now, secure }: { seconds: number; now: number; secure: boolean },
): [string, string] {
  const until = now + seconds * 1000;
  const value = seal(key, `${groupName(bound.targetGroupArn)} ${until} ${bound.targetId}`);
  const rest = `${value}; Expires=${new Date(until).toUTCString()}; Path=/`;
  return [`AWSALB=${rest}`, `AWSALBCORS=${rest}; SameSite=None${secure ? '; Secure' : ''}`];
}

/** The target that a request's Cookie header binds it to, or undefined when it has no cookie of ours that still holds for this group. */
export function boundTarget(
  key: Buffer,
  cookieHeader: string | undefined,
  { targetGroupArn, now }: { targetGroupArn: string; now: number },
): string | undefined {
  if (cookieHeader === undefined || !cookieHeader.includes('AWSALB')) return undefined;
  for (const name of ['AWSALB', 'AWSALBCORS']) {
    const sealed = cookieValue(cookieHeader, name);
    const [group, until, targetId] = (sealed === undefined ? '' : open(key, sealed)).split(' ');
    if (group === groupName(targetGroupArn) && Number(until) > now) return targetId;
  }
  return undefined;
}

function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const [key = '', value] = part.split('=', 2);
    if (key.trim() === name) return value?.trim();
  }
  return undefined;
}

/** Opaque to everyone else, and different each time even for the same text. */
function seal(key: Buffer, text: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  // base64url: neither `=` nor `/` has to be quoted in a cookie.
  return Buffer.concat(sealed).toString('base64url');
}

/** The text, or an empty one for what was not sealed with this key. */
function open(key: Buffer, value: string): string {
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length <= ivBytes + tagBytes) return '';
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return decipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return '';
  }
}

const groupNames = new Map<string, string>();

/** Short, and says nothing about the account. */
function groupName(arn: string): string {
  let name = groupNames.get(arn);
  if (name === undefined) {
    name = createHash('sha256').update(arn).digest('base64url').slice(0, 12);
    groupNames.set(arn, name);
  }
  return name;
}
