/** What `${…}` in a value of `service.env` may stand for. */
export interface Placeholders {
  'redis.host': string;
  'redis.port': string;
  'redis.url': string;
  /** `true` or `false`: whether it is a cluster. */
  'redis.cluster': string;
  stack: string;
  region: string;
}

/** The environment with each `${redis.host}`, `${redis.port}`, `${redis.url}`, `${redis.cluster}`, `${stack}` and `${region}` replaced; any other `${…}` stays as it is. */
export function environmentFrom(
  env: Readonly<Record<string, string>>,
  values: Placeholders,
): Record<string, string> {
  const replace = (whole: string, name: string) =>
    Object.hasOwn(values, name) ? values[name as keyof Placeholders] : whole;
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replaceAll(/\$\{([a-zA-Z.]+)\}/g, replace)]),
  );
}
