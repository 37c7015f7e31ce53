/** What a number of clients does to the load balancer, in the four measures that an LCU has, and in bytes to the internet. */
export interface Traffic {
  clients: number;
  /** That clients send, all of them together. */
  messagesPerSecond: number;
  newConnectionsPerSecond: number;
  activeConnections: number;
  /** Through the load balancer, both ways. */
  gbPerHour: number;
  /** Evaluations of listener rules beyond the ten free ones. */
  ruleEvaluationsPerSecond: number;
  /** To the internet, in a month. */
  gbOutPerMonth: number;
}

/** Clients that an estimate is made for where none are named. */
export const usualClients = 1000;

/** A month as AWS's calculator counts it. */
export const hoursPerMonth = 730;

const sessionSeconds = 3600;
const roomSize = 50;
const secondsBetweenMessages = 60;
const bytesPerMessage = 250;

/** The traffic of clients that are all connected at once, around the clock: the most that so many can cost. */
export function trafficOf(clients: number): Traffic {
  const sentPerSecond = clients / secondsBetweenMessages;
  const deliveredPerSecond = sentPerSecond * roomSize;
  const gbPerHour = (messages: number) => (messages * bytesPerMessage * 3600) / 1e9;
  return {
    clients,
    messagesPerSecond: sentPerSecond,
    newConnectionsPerSecond: clients / sessionSeconds,
    activeConnections: clients,
    gbPerHour: gbPerHour(sentPerSecond + deliveredPerSecond),
    // One listener with its default action has no rule to evaluate.
    ruleEvaluationsPerSecond: 0,
    gbOutPerMonth: gbPerHour(deliveredPerSecond) * hoursPerMonth,
  };
}

/** What {@link trafficOf} takes for granted, as sentences. */
export const trafficAssumptions: readonly string[] = [
  'all clients stay connected around the clock, and each connects anew once an hour',
  `rooms of ${roomSize}; each client sends a message a minute, which is ${bytesPerMessage} bytes on the wire to each member`,
];
