import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions, JWTVerifyResult } from 'jose';
import { reasonOf } from '../log.ts';
import { LIMITS } from '../protocol.ts';
import type { TokenSettings } from './settings.ts';

/** What a token says about its bearer. */
export interface Bearer {
  /** `sub`. */
  user: string;
  /** `name`, else `sub`. */
  name: string;
  /** The rooms that may be joined; undefined: all. */
  rooms: ReadonlySet<string> | undefined;
  /** When it stops to be good (ms since 1970); Infinity where it says nothing. */
  until: number;
}

/** Why nobody is let in with this token. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
  readonly reason: 'bad-token' | 'token-expired';

  constructor(reason: TokenRefused['reason'], why: string) {
    super(why);
    this.reason = reason;
  }
}

/** Checks a token. Throws `TokenRefused`, or anything else where its keys cannot be fetched. */
export type TokenCheck = (token: string) => Promise<Bearer>;

// What clocks may differ by; a connection lasts that much longer, or its client would be let in and cut by turns.
const TOLERANCE_S = 5;
const FETCH_MS = 3000;
const OF_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/** A check by one kind of key alone, with that kind's algorithms alone: no public key is ever taken for a secret (RFC 8725, 3.1). */
export function tokenCheck({ key, issuer, audience }: TokenSettings): TokenCheck {
  const options = { issuer, audience, clockTolerance: TOLERANCE_S, requiredClaims: ['sub'] };
  const verify =
    'secret' in key
      ? (token: string) => jwtVerify(token, key.secret, { ...options, algorithms: ['HS256'] })
      : byPublicKey(key.jwks, { ...options, algorithms: ['RS256', 'ES256', 'EdDSA'] });
  return async (token) => {
    try {
      return bearerOf((await verify(token)).payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new TokenRefused('token-expired', reasonOf(error));
      if (error instanceof errors.JOSEError) throw new TokenRefused('bad-token', reasonOf(error));
      throw error;
    }
  };
}

// The set is fetched again after ten minutes, and for an unknown key, at most every 30 s. While nobody answers there, what
// was fetched last stays good: a provider's bad hour must not lock out everybody who has to reconnect.
function byPublicKey(url: URL, options: JWTVerifyOptions): (token: string) => Promise<JWTVerifyResult> {
  const remote = createRemoteJWKSet(url, { timeoutDuration: FETCH_MS });
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      if (OF_TOKEN.some((kind) => error instanceof kind)) throw error;
      const last = remote.jwks();
      if (!last)
        throw new Error(`the keys at ${url.host} cannot be fetched: ${reasonOf(error)}`, { cause: error });
      return createLocalJWKSet(last)(header, token);
    }
  };
  return (token) => jwtVerify(token, keyOf, options);
}

function bearerOf({ sub, name, rooms, exp }: JWTPayload): Bearer {
  if (!sub || sub.length > LIMITS.userUnits) {
    throw new TokenRefused('bad-token', `sub: must be 1 to ${LIMITS.userUnits} UTF-16 units`);
  }
  if (rooms !== undefined && !isListOfNames(rooms)) {
    throw new TokenRefused('bad-token', 'rooms: must be a list of names');
  }
  return {
    user: sub,
    name: typeof name === 'string' && name.trim() !== '' ? name : sub,
    rooms: rooms && new Set(rooms),
    until: exp === undefined ? Infinity : (exp + TOLERANCE_S) * 1000,
  };
}

function isListOfNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}
