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

/** The same for `net.Socket.connect`: a connection to the container port of localhost, in whatever form it is asked for. */
export function redirect(
  args: unknown[],
  containerPort: number,
  target: { host: string; port: number },
): unknown[] {
  const [first, ...rest] = args;
  // net.connect passes its own arguments on as a list, and knows it by a mark that has to stay.
  if (Array.isArray(first)) {
    first.splice(0, first.length, ...redirect([...(first as unknown[])], containerPort, target));
    return args;
  }
  if (typeof first === 'object' && first !== null) {
    const options = first as { port?: unknown; host?: unknown; path?: unknown };
    if (options.path != null || !isPort(options.port, containerPort) || !isLocal(options.host)) return args;
    return [{ ...options, ...target }, ...rest];
  }
  if (!isPort(first, containerPort)) return args;
  const [host] = rest;
  if (typeof host !== 'string') return [target.port, target.host, ...rest];
  return isLocal(host) ? [target.port, target.host, ...rest.slice(1)] : args;
}

const own = ['', 'localhost', '127.0.0.1', '::1', '0.0.0.0', '::'];

function isLocal(host: unknown): boolean {
  return host == null || (typeof host === 'string' && own.includes(host));
}

// Node takes "3000" for 3000 (and so do programs that pass process.env.PORT on).
function isPort(value: unknown, port: number): boolean {
  return (typeof value === 'number' || typeof value === 'string') && value !== '' && Number(value) === port;
}
