import { randomUUID } from 'node:crypto';
import type { Place, StoredService } from '../state.ts';

/** As many as DescribeServices gives. */
const kept = 100;

/** Writes a line into a service's events, newest first: `(service <name>) <what>.` */
export function serviceEvent(place: Place, service: StoredService, what: string): void {
  service.events.unshift({
    id: randomUUID(),
    createdAt: new Date(place.cloud.clock.now()),
    message: `(service ${service.serviceName}) ${what}`,
  });
  service.events.length = Math.min(service.events.length, kept);
}
