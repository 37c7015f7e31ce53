import { randomUUID } from 'node:crypto';
import type { Place, StoredService } from '../state.ts';

/** As many as DescribeServices gives. */
const kept = 100;

/** Writes a line into a service's events, newest first: `(service <name>) <what>.` */
export function serviceEvent(place: Place, service: StoredService, what: string): void {
  writeEvent(place, service, `(service ${service.serviceName}) ${what}`);
}

/** Writes a line as it is into a service's events, newest first: those of other services about it begin otherwise. */
export function writeEvent(place: Place, service: StoredService, message: string): void {
  service.events.unshift({
    id: randomUUID(),
    createdAt: new Date(place.cloud.clock.now()),
    message,
  });
  service.events.length = Math.min(service.events.length, kept);
}
