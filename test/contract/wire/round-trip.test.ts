import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError } from '../../../src/local-cloud/operation.ts';
import type { Operations } from '../../../src/local-cloud/operation.ts';
import { services } from '../../../src/local-cloud/services/index.ts';
import { errorShapes, operationNames, operationShape } from '../../../src/local-cloud/wire/schema.ts';
import { startLocalCloud } from '../../helpers/local-cloud.ts';
import type { TestCloud } from '../../helpers/local-cloud.ts';
import { randomValue, seeded } from '../../helpers/random-structure.ts';

/**
 * Random structures through unmodified SDK clients and back: the server's side keeps what arrived and answers with
 * another random structure; what comes out on either side has to equal what went in on the other.
 */

// oxlint-disable-next-line typescript/no-explicit-any -- commands and errors of many packages, picked by name
type Package = Record<string, new (input: unknown) => any>;

interface AnyClient {
  send(command: unknown): Promise<object>;
}

const clientNames = {
  ec2: 'ec2',
  elasticloadbalancing: 'elbv2',
  monitoring: 'cloudwatch',
  elasticache: 'elasticache',
  ecs: 'ecs',
  ecr: 'ecr',
  iam: 'iam',
  logs: 'logs',
  'application-autoscaling': 'applicationAutoScaling',
  acm: 'acm',
  secretsmanager: 'secretsManager',
  servicequotas: 'serviceQuotas',
  ssm: 'ssm',
  sts: 'sts',
} as const;

/** Not signed, or with a stream in place of an answer. */
const otherwise = new Set([
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'StartLiveTail',
  'GetLogObject',
]);
/** Its middleware adds a signed URL to the input. */
const changedByClient = new Set(['CopySnapshot']);

const arrived = new Map<string, unknown>();
const answers = new Map<string, object | AwsError>();
let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({
    services: services.map((service) => ({
      ...service,
      constraints: { limits: {}, enumerations: {} },
      operations: () => echoes(service.schemas()),
    })),
  });
});
afterAll(() => cloud.close());

/** REST puts members into paths and headers, which random text does not survive; the aws command line checks those two. */
const unbound = services.filter(({ protocol }) => !protocol.endsWith('Xml'));

describe.each(unbound)('$signingName', (service) => {
  const json = service.protocol.startsWith('awsJson');
  const ec2 = service.protocol === 'ec2Query';
  const client = () => cloud[clientNames[service.signingName as keyof typeof clientNames]];
  const send = (schemas: Record<string, unknown>, name: string, input: unknown) =>
    (client() as unknown as AnyClient).send(new (schemas as Package)[`${name}Command`]!(input));

  it('random inputs and outputs of every operation survive', { timeout: 120_000 }, async () => {
    const schemas = await service.schemas();
    const implemented = await service.operations();
    const random = seeded(20261120);
    for (const name of operationNames(schemas)) {
      if (otherwise.has(name)) continue;
      const shape = operationShape(schemas, name)!;
      for (let round = 0; round < (name in implemented ? 5 : 1); round += 1) {
        const input = randomValue(shape.input, { random, json, emptyLists: !ec2 }) as object;
        const output = randomValue(shape.output, { random, json, emptyLists: true }) as object;
        answers.set(name, output);
        const { $metadata, ...received } = (await send(schemas, name, input)) as { $metadata: object };
        const label = `${name}, round ${round}`;
        if (!changedByClient.has(name))
          expect(plain(arrived.get(name)), `${label}, input`).toEqual(plain(input));
        expect(plain(received), `${label}, output`).toEqual(plain(output));
        expect($metadata, label).toMatchObject({
          httpStatusCode: 200,
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        });
      }
    }
  });

  it('every documented error arrives as the class of the SDK, with its words and fields', async () => {
    const schemas = await service.schemas();
    const random = seeded(7);
    const name = operationNames(schemas).find((one) => !otherwise.has(one))!;
    const input = randomValue(operationShape(schemas, name)!.input, { random, json, emptyLists: !ec2 });
    for (const error of errorShapes(schemas)) {
      // CloudWatch's client takes the code ResourceNotFound for one class, whichever of the two was meant.
      if (error.name === 'DashboardNotFoundError') continue;
      const fields = randomValue(error.shape, { random, json, emptyLists: false }) as Record<string, unknown>;
      const { message: _message, Message: _Message, ...others } = fields;
      for (const code of new Set([error.name, error.queryCode])) {
        answers.set(name, new AwsError(code, 'the <words> & more', error.status, others));
        const thrown = await send(schemas, name, input).catch((caught: unknown) => caught);
        expect(thrown, code).toBeInstanceOf((schemas as Package)[error.name]);
        expect(thrown, code).toMatchObject({
          name: error.name,
          message: 'the <words> & more',
          $metadata: { httpStatusCode: error.status },
        });
        for (const [field, value] of Object.entries(others)) {
          expect(plain((thrown as Record<string, unknown>)[field]), `${code}.${field}`).toEqual(plain(value));
        }
      }
    }
  });

  it('an error that no schema names arrives under its code', async () => {
    const schemas = await service.schemas();
    const name = operationNames(schemas).find((one) => !otherwise.has(one))!;
    const input = randomValue(operationShape(schemas, name)!.input, {
      random: seeded(1),
      json,
      emptyLists: false,
    });
    answers.set(name, new AwsError('InvalidSomething.NotFound', "The thing 'x' does not exist", 404));
    await expect(send(schemas, name, input)).rejects.toMatchObject({
      name: 'InvalidSomething.NotFound',
      message: "The thing 'x' does not exist",
      $metadata: { httpStatusCode: 404 },
    });
  });
});

async function echoes(loading: Promise<Record<string, unknown>>): Promise<Operations> {
  const names = operationNames(await loading);
  return Object.fromEntries(
    names.map((name) => [
      name,
      (input: object) => {
        arrived.set(name, input);
        const answer = answers.get(name)!;
        if (answer instanceof AwsError) throw answer;
        return answer;
      },
    ]),
  );
}

/** Comparable: byte arrays as hex, media types as text; what is undefined is not there. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Date) return value.toISOString();
  if (isLazyJson(value)) return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, plain(part)]),
  );
}

/** Members with a JSON media type are String objects. */
function isLazyJson(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object String]' && typeof value === 'object';
}
