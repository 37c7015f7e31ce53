import { resource } from '../../src/engine/resource.ts';
import type { AnyNode } from '../../src/engine/resource.ts';
import { toyKind } from './toy-cloud.ts';
import type { ToyCloud } from './toy-cloud.ts';

/** The kinds of a small stack that has one of each sort. */
export const net = toyKind('Net', { stateful: true, fixed: ['range'] });
export const sub = toyKind('Sub', { fixed: ['net', 'zone'] });
export const store = toyKind('Store', {
  stateful: true,
  fixed: ['encrypted'],
  secrets: ['password'],
  idempotent: true,
  readyMs: 420_000,
  goneMs: 300_000,
});
export const pool = toyKind('Pool', { createFirst: true, fixed: ['net', 'port'], idempotent: true });
export const balancer = toyKind('Balancer', { fixed: ['sub'], readyMs: 150_000, goneMs: 20_000 });
export const service = toyKind('Service', { idempotent: true, readyMs: 35_000, goneMs: 5_000 });
export const gate = toyKind('Gate', {});

export const toyKinds = [net, sub, store, pool, balancer, service, gate];

export interface ToyConfig {
  range?: string;
  zones?: string[];
  port?: number;
  encrypted?: boolean;
  password?: string;
  count?: number;
  gate?: boolean;
}

/** A network, a subnet per zone, a slow store, a balancer, a pool that is replaced create-first, a service, and a gate that can be switched off. */
export function toyStack(config: ToyConfig = {}): AnyNode<ToyCloud>[] {
  const {
    range = '10.0.0.0/16',
    zones = ['a', 'b'],
    port = 3000,
    encrypted = true,
    password = 'first',
  } = config;
  const theNet = resource({ id: 'net', kind: net, needs: {}, props: () => ({ range }) });
  const subs = zones.map((zone) =>
    resource({
      id: `sub-${zone}`,
      kind: sub,
      needs: { net: theNet },
      props: ({ net }) => ({ net: net.ref, zone }),
    }),
  );
  const theStore = resource({
    id: 'store',
    kind: store,
    needs: { sub: subs[0]! },
    props: ({ sub }) => ({ name: 'store', sub: sub.ref, encrypted, password }),
    seconds: 420,
  });
  const thePool = resource({
    id: 'pool',
    kind: pool,
    needs: { net: theNet },
    props: ({ net }) => ({ name: `pool-${net.ref}-${port}`, net: net.ref, port }),
  });
  const theBalancer = resource({
    id: 'balancer',
    kind: balancer,
    needs: { sub: subs.at(-1)!, pool: thePool },
    props: ({ sub, pool }) => ({ sub: sub.ref, pool: pool.ref }),
    seconds: 150,
  });
  const theService = resource({
    id: 'service',
    kind: service,
    needs: { balancer: theBalancer, pool: thePool, store: theStore },
    props: ({ pool, store }) => ({
      name: 'service',
      pool: pool.ref,
      url: `redis://${store.ref}`,
      count: config.count ?? 2,
    }),
    seconds: 35,
  });
  const theGate = resource({
    id: 'gate',
    kind: gate,
    needs: { net: theNet },
    props: ({ net }) => ({ net: net.ref }),
  });
  return [
    theNet,
    ...subs,
    theStore,
    thePool,
    theBalancer,
    theService,
    ...(config.gate === false ? [] : [theGate]),
  ];
}
