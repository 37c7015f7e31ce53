import type { Cause } from './connection.ts';

const firstMs = 250;
const mostMs = 10_000;
/** After a restart everybody is back within this time, but not in one instant. */
const restartSpreadMs = 500;
const slowDownMs = 1000;
const retryAfterMostMs = 30_000;

/**
 * Milliseconds until a client tries again: exponential with jitter, at once (spread over half a second) after a single cut or a
 * restart (1001, 1012), later where the server is overloaded (1013, Retry-After). `attempt` counts failures in a row from 0,
 * `random` is from 0 to 1.
 */
export function backOffMs(cause: Cause, attempt: number, random: number): number {
  if (cause.kind === 'refused' && cause.retryAfterMs !== undefined)
    return Math.min(retryAfterMostMs, cause.retryAfterMs) + random * slowDownMs;
  if (cause.kind === 'closed' && attempt === 0 && cause.code !== 1013) return random * restartSpreadMs;
  const base = cause.kind === 'closed' && cause.code === 1013 ? slowDownMs : firstMs;
  return Math.min(mostMs, base * 2 ** attempt) * (0.5 + random / 2);
}

/** Milliseconds until a frame that was refused for now (`retryable: true`) is sent again. */
export function resendMs(attempt: number, random: number): number {
  return Math.min(mostMs, firstMs * 2 ** attempt) * (0.5 + random / 2);
}

/** One word for a cause, for the table of what happened. */
export function nameOf(cause: Cause): string {
  if (cause.kind === 'closed') return String(cause.code);
  return cause.kind === 'refused' ? `HTTP ${cause.status}` : cause.reason;
}
