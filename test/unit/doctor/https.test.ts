import { expect, it } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { runChecks } from '../../../src/doctor/check.ts';
import { httpsChecks } from '../../../src/doctor/https.ts';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { ChatopsError } from '../../../src/lib/errors.ts';

const arn = 'arn:aws:acm:eu-west-3:123456789012:certificate/0a1b';
const day = 24 * 60 * 60 * 1000;

async function check(https: object | undefined, answer: object | Error, zone = () => Promise.resolve('Z1')) {
  const send = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
  const { loadBalancer } = configSchema.parse({ region: 'eu-west-3', loadBalancer: { https } });
  return runChecks(httpsChecks({ acm: { send } } as unknown as Pick<Cloud, 'acm'>, loadBalancer, zone));
}

const certificate = (change: object) => ({
  Certificate: {
    DomainName: 'example.com',
    SubjectAlternativeNames: ['example.com', '*.example.com'],
    Status: 'ISSUED',
    Type: 'IMPORTED',
    NotAfter: new Date(Date.now() + 90 * day),
    ...change,
  },
});

it('is not asked where the config has no HTTPS', async () => {
  expect(await check(undefined, {})).toEqual([]);
});

it('a certificate has to be there, issued, and valid for a while', async () => {
  const says = async (answer: object | Error) => (await check({ certificateArn: arn }, answer))[0];
  expect(await says(certificate({}))).toMatchObject({
    state: 'OK',
    says: 'issued for example.com, *.example.com',
  });
  expect(await says(certificate({ Status: 'PENDING_VALIDATION' }))).toMatchObject({
    state: 'FAIL',
    says: expect.stringContaining('is PENDING_VALIDATION'),
  });
  expect(await says(certificate({ NotAfter: new Date(Date.now() + 9.5 * day) }))).toMatchObject({
    state: 'WARN',
    says: expect.stringContaining('ends in 9 days'),
  });
  const missing = Object.assign(new Error('Could not find certificate'), {
    name: 'ResourceNotFoundException',
  });
  expect(await says(missing)).toMatchObject({ state: 'FAIL', todo: 'name one of this account and region' });
});

it('a domain has to be in its hosted zone', async () => {
  const https = { domain: 'chat.example.com', hostedZone: 'example.com' };
  expect(await check(https, {})).toMatchObject([
    { name: 'hosted zone', state: 'OK', says: 'chat.example.com is within example.com (Z1)' },
  ]);
  const lost = new ChatopsError('there is no public hosted zone example.com', {
    code: 'x',
    exit: 3,
    hint: 'make it',
  });
  expect(await check(https, {}, () => Promise.reject(lost))).toMatchObject([
    { state: 'FAIL', says: lost.message, todo: 'make it' },
  ]);
});
