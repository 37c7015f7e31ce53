import type { IncomingMessage } from 'node:http';
import type { BalancerListener } from '../data-plane.ts';

type Redirect = Extract<BalancerListener['action'], { type: 'redirect' }>;

/** The `Location` of a redirect action; `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}` stand for the request's own. */
export function redirectLocation(
  { protocol, port, host = '#{host}', path = '/#{path}', query = '#{query}' }: Redirect,
  request: IncomingMessage,
  { port: listenerPort, protocol: listenerProtocol }: Pick<BalancerListener, 'port' | 'protocol'>,
): string {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const parts: Record<string, string> = {
    protocol: listenerProtocol.toLowerCase(),
    host: (request.headers.host ?? 'localhost').replace(/:\d+$/, ''),
    port: String(listenerPort),
    path: (mark === -1 ? url : url.slice(0, mark)).replace(/^\//, ''),
    query: mark === -1 ? '' : url.slice(mark + 1),
  };
  const filled = (text: string) => text.replace(/#\{(\w+)\}/g, (all, name: string) => parts[name] ?? all);
  const asked = filled(query);
  return `${filled(protocol).toLowerCase()}://${filled(host)}:${filled(port)}${filled(path)}${asked === '' ? '' : `?${asked}`}`;
}
