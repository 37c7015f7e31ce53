import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';

/** What a registry password says: for which region, and until when (milliseconds since 1970). */
interface Grant {
  region: string;
  expiresAt: number;
}

// ECR's tokens live 12 hours.
const lifetime = 12 * 3600 * 1000;

const secret = store('ecr-authorization', () => ({ key: randomBytes(32).toString('hex') }), 'global');

/** A new `AWS:<password>`, as base64: the authorizationToken of GetAuthorizationToken. The password carries its region and end, signed, so that nothing has to be kept. */
export function issueToken(
  cloud: LocalCloud,
  region: string,
  now: number,
): { token: string; expiresAt: Date } {
  const expiresAt = now + lifetime;
  const grant: Grant = { region, expiresAt };
  const payload = Buffer.from(JSON.stringify(grant)).toString('base64url');
  const password = `${payload}.${signature(cloud, payload)}`;
  return { token: Buffer.from(`AWS:${password}`).toString('base64'), expiresAt: new Date(expiresAt) };
}

/** The region that the Authorization header of a registry request is good for; undefined when it is not good. */
export function regionOf(cloud: LocalCloud, header: string | undefined): string | undefined {
  const token = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) return undefined;
  const [, payload, signed] = /^AWS:([\w-]+)\.([\w-]+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (payload === undefined || signed === undefined) return undefined;
  const expected = Buffer.from(signature(cloud, payload));
  const actual = Buffer.from(signed);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
  const grant = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Grant;
  return grant.expiresAt > cloud.clock.now() ? grant.region : undefined;
}

function signature(cloud: LocalCloud, payload: string): string {
  return createHmac('sha256', secret({ cloud, region: '' }).key)
    .update(payload)
    .digest('base64url');
}
