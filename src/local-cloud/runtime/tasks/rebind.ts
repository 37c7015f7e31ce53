/**
 * The arguments of `net.Server.listen`, with host and port replaced where the program asked for the container port,
 * whatever host it gave; other ports, pipes and handles stay as they are.
 */
export function rebind(
  args: unknown[],
  containerPort: number,
  target: { host: string; port: number },
): unknown[] {
  const [first, ...rest] = args;
  if (typeof first === 'object' && first !== null) {
    const options = first as { port?: unknown; path?: unknown };
    if (options.path != null || !isPort(options.port, containerPort)) return args;
    return [{ ...options, ...target }, ...rest];
  }
  if (!isPort(first, containerPort)) return args;
  const callback = args.at(-1);
  const backlog = rest.find((arg) => typeof arg === 'number');
  return [{ ...target, backlog }, ...(typeof callback === 'function' ? [callback] : [])];
}

// Node takes "3000" for 3000 (and so do programs that pass process.env.PORT on).
function isPort(value: unknown, port: number): boolean {
  return (typeof value === 'number' || typeof value === 'string') && value !== '' && Number(value) === port;
}
