import * as z from 'zod';

/** A field of whole seconds with a default. */
export const seconds = (min: number, max: number, fallback: number) =>
  z.number().int().min(min).max(max).default(fallback);
