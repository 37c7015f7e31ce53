/** What is asked of a run. Times in milliseconds, rate in messages per second of all clients together. */
export interface Scenario {
  /** Names the run's rooms and messages, so that two runs never meet. */
  run: string;
  clients: number;
  roomSize: number;
  rate: number;
  durationMs: number;
  rampUpMs: number;
  workers: number;
}

/** How many rooms the clients fill. */
export function roomCount({ clients, roomSize }: Scenario): number {
  return Math.ceil(clients / roomSize);
}

/** The room of a client: rooms are filled one after the other. */
export function roomOf(client: number, { run, roomSize }: Scenario): string {
  return `load-${run}-${Math.floor(client / roomSize)}`;
}

/** The worker that runs a client: by turns, so that the ramp-up and each room are spread over all of them. */
export function workerOf(client: number, { workers }: Scenario): number {
  return client % workers;
}

/** When a client is opened, after the start: evenly over the ramp-up. */
export function openingMs(client: number, { clients, rampUpMs }: Scenario): number {
  return (rampUpMs * client) / clients;
}

/** How many messages are sent in all. */
export function messageCount({ rate, durationMs }: Scenario): number {
  return Math.floor((rate * durationMs) / 1000);
}

/** When a message is to be sent, after the start of sending. The schedule is open: a slow answer delays no later message. */
export function sendingMs(message: number, { rate }: Scenario): number {
  return (message * 1000) / rate;
}

/** The client that sends a message: each room in turn, and in it each member in turn. */
export function senderOf(message: number, scenario: Scenario): number {
  const { clients, roomSize } = scenario;
  const rooms = roomCount(scenario);
  const room = message % rooms;
  const size = Math.min(roomSize, clients - room * roomSize);
  return room * roomSize + (Math.floor(message / rooms) % size);
}
