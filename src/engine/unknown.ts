/** What an attribute reads as while planning, when its resource does not exist yet. */
export const unknown = '(known after apply)';

/**
 * Attributes of a resource that is still to be made (or is not ready): what is known reads as it is, everything
 * else as {@link unknown}. Properties may pass such a value through or embed it in a string, nothing more.
 */
export function placeholders<Attrs extends object>(known: Partial<Attrs> = {}): Attrs {
  return new Proxy(known, {
    get: (target, name) => (typeof name === 'symbol' ? undefined : (Reflect.get(target, name) ?? unknown)),
  }) as Attrs;
}

/** Whether a value is, or anywhere contains, an attribute that is only known after apply. */
export function isUnknown(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(unknown);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(isUnknown);
}
