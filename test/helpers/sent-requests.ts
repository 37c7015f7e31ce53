import type { Cloud } from '../../src/aws/cloud.ts';

/** One call of an SDK client, before it is put on the wire. */
export interface SentRequest {
  /** `elasticloadbalancing` */
  signingName: string;
  /** `CreateListener` */
  operation: string;
  input: object;
}

interface Client {
  config: { defaultSigningName: string };
  middlewareStack: {
    add(
      middleware: (
        next: (args: unknown) => unknown,
        context: { commandName: string },
      ) => (args: { input: object }) => unknown,
      options: { step: 'initialize'; name: string },
    ): void;
  };
}

/** The calls that all clients of a cloud make from now on: a list that grows. */
export function sentRequests(cloud: Cloud): SentRequest[] {
  const sent: SentRequest[] = [];
  for (const client of Object.values(cloud) as unknown[]) {
    if (typeof client !== 'object' || client === null || !('middlewareStack' in client)) continue;
    const { config, middlewareStack } = client as unknown as Client;
    middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const operation = commandName.replace(/Command$/, '');
          sent.push({ signingName: config.defaultSigningName, operation, input: args.input });
          return next(args);
        },
      { step: 'initialize', name: 'sentRequests' },
    );
  }
  return sent;
}
