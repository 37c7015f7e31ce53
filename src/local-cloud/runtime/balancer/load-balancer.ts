import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { BalancerListener } from '../data-plane.ts';
import { answer } from './answer.ts';
import { forward, type Route } from './forward.ts';
import type { Configure, ListenerTraffic, TargetReport } from './messages.ts';
import { maxRequestLine, openPort, type Port, type PortHandlers } from './port.ts';
import { redirectLocation } from './redirect.ts';
import { responseOn } from './response-on.ts';
import { TargetGroup } from './target-group.ts';
import { upgrade } from './upgrade.ts';

type WeightedGroup = { arn: string; weight: number };

/** All listeners and target groups of a local cloud at work. */
export class LoadBalancer {
  readonly #ports = new Map<number, Port>();
  readonly #groups = new Map<string, TargetGroup>();
  readonly #changed: () => void;
  #cookieKey = Buffer.alloc(32);

  /** `changed` is called whenever {@link reports} would say something new. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /**
   * Takes over a whole wanted state; what it leaves alone goes on undisturbed. Rejects with the error of `listen`, its
   * `port` with it, and changes nothing when a port cannot be opened.
   */
  async configure(wanted: Configure): Promise<void> {
    const opened = await this.#open(wanted.listeners);
    this.#cookieKey = Buffer.from(wanted.cookieKey, 'base64');
    this.#configureGroups(wanted);
    for (const [port, open] of this.#ports) {
      const listener = wanted.listeners.find((each) => each.port === port);
      if (listener !== undefined) {
        open.update(listener);
        continue;
      }
      open.close();
      this.#ports.delete(port);
    }
    for (const [port, open] of opened) this.#ports.set(port, open);
  }

  reports(): TargetReport[] {
    return [...this.#groups.values()].flatMap((group) => group.reports());
  }

  traffic(): ListenerTraffic[] {
    return [...this.#ports.values()].map(({ listener: { arn, action }, traffic: { clients, requests } }) => {
      const groups = action.type === 'forward' ? action.targetGroups : [];
      const outstanding = groups.map((group) => this.#groups.get(group.arn)?.outstanding ?? 0);
      const connections = outstanding.reduce((sum, each) => sum + each, clients);
      return { listenerArn: arn, connections, requests };
    });
  }

  async #open(listeners: BalancerListener[]): Promise<Map<number, Port>> {
    const opened = new Map<number, Port>();
    const seen = new Set<number>();
    try {
      for (const listener of listeners) {
        if (seen.has(listener.port)) throw taken(listener.port);
        seen.add(listener.port);
        const open = this.#ports.get(listener.port);
        if (open !== undefined && open.listener.protocol !== listener.protocol) {
          open.close();
          this.#ports.delete(listener.port);
        }
        if (!this.#ports.has(listener.port)) {
          opened.set(listener.port, await openPort(listener, this.#handlers));
        }
      }
      return opened;
    } catch (error) {
      for (const port of opened.values()) port.close();
      throw error;
    }
  }

  #configureGroups({ listeners, targetGroups, healthy }: Configure): void {
    const used = new Set(
      listeners.flatMap(({ action }) =>
        action.type === 'forward' ? action.targetGroups.map(({ arn }) => arn) : [],
      ),
    );
    for (const [arn, group] of this.#groups) {
      if (targetGroups.some((wanted) => wanted.arn === arn)) continue;
      group.close();
      this.#groups.delete(arn);
    }
    for (const wanted of targetGroups) {
      const group = this.#groups.get(wanted.arn) ?? new TargetGroup(wanted, this.#changed);
      this.#groups.set(wanted.arn, group);
      const known = healthy.filter(({ targetGroupArn }) => targetGroupArn === wanted.arn);
      group.configure(wanted, {
        used: used.has(wanted.arn),
        healthy: new Set(known.map(({ targetId }) => targetId)),
      });
    }
  }

  readonly #handlers: PortHandlers = {
    request: (request, response, listener) => this.#request(request, response, listener),
    upgrade: (request, socket, head, listener) => this.#upgrade(request, socket, head, listener),
  };

  #request(request: IncomingMessage, response: ServerResponse, listener: BalancerListener): void {
    const refused = statusOfRefusal(request);
    if (refused !== undefined) {
      response.shouldKeepAlive = false;
      return answer(response, refused);
    }
    const { action } = listener;
    if (action.type === 'fixed-response') {
      return answer(response, action.statusCode, { body: { type: action.contentType, text: action.body } });
    }
    if (action.type === 'redirect') {
      const headers = ['Location', redirectLocation(action, request, listener)];
      return answer(response, action.statusCode, { headers });
    }
    const route = this.#route(listener, action.targetGroups);
    return route === undefined ? answer(response, 503) : forward(request, response, route);
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer, listener: BalancerListener): void {
    const { action } = listener;
    const route = action.type === 'forward' ? this.#route(listener, action.targetGroups) : undefined;
    if (route !== undefined && statusOfRefusal(request) === undefined) {
      upgrade(request, socket, head, route);
    } else {
      this.#request(request, responseOn(request, socket), listener);
    }
  }

  #route(listener: BalancerListener, weighted: WeightedGroup[]): Route | undefined {
    const group = this.#groups.get(byWeight(weighted, Math.random()) ?? '');
    return group === undefined ? undefined : { listener, group, cookieKey: this.#cookieKey };
  }
}

/** The group that a request goes to, `at` (0–1) of the way through all weights; undefined where they are all 0. */
function byWeight(groups: WeightedGroup[], at: number): string | undefined {
  let left = at * groups.reduce((sum, { weight }) => sum + weight, 0);
  for (const { arn, weight } of groups) {
    if (left < weight) return arn;
    left -= weight;
  }
  return undefined;
}

/** What an ALB does not hand to any target: not exactly one Host, TRACE, a request line above 16 KB. */
function statusOfRefusal({ method, url = '', rawHeaders, httpVersion }: IncomingMessage): number | undefined {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return 400;
  if (method === 'TRACE') return 405;
  return url.length > maxRequestLine ? 414 : undefined;
}

function taken(port: number): Error {
  return Object.assign(new Error(`listen EADDRINUSE: port ${port} has a listener already`), {
    code: 'EADDRINUSE',
    port,
  });
}
