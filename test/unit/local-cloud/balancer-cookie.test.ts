import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { boundTarget, stickyCookies } from '../../../src/local-cloud/runtime/balancer/cookie.ts';

const key = randomBytes(32);
const now = Date.parse('2026-11-20T12:00:00Z');
const bound = { targetGroupArn: 'arn:group', targetId: '10.0.0.12:3000' };
const [own, cors] = stickyCookies(key, bound, { seconds: 60, now, secure: false });
const pair = (cookie: string) => cookie.split(';', 1)[0]!;

test('the cookies carry their lifetime and say nothing about the target', () => {
  expect(own).toMatch(/^AWSALB=[\w-]+; Expires=Fri, 20 Nov 2026 12:01:00 GMT; Path=\/$/);
  expect(cors).toMatch(/^AWSALBCORS=[\w-]+; Expires=Fri, 20 Nov 2026 12:01:00 GMT; Path=\/; SameSite=None$/);
  expect(stickyCookies(key, bound, { seconds: 60, now, secure: true })[1]).toMatch(
    /; SameSite=None; Secure$/,
  );
  const value = Buffer.from(pair(own).slice('AWSALB='.length), 'base64url').toString('latin1');
  expect(value).not.toContain('10.0.0.12');
  expect(stickyCookies(key, bound, { seconds: 60, now, secure: false })[0]).not.toBe(own);
});

test.each([
  ['its own cookie', pair(own), bound.targetId],
  ['the one for cross-site use', pair(cors), bound.targetId],
  ['among others', `a=1; x=AWSALB; ${pair(own)}; b="2"`, bound.targetId],
  ['a spoilt one beside a good one', `AWSALB=x; ${pair(cors)}`, bound.targetId],
  ['none', undefined, undefined],
  ['other names', `MYAWSALB=1; AWSALBAPP-0=2`, undefined],
  ['a changed one', pair(own).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), undefined],
  ['a cut one', pair(own).slice(0, 40), undefined],
  ['an empty one', 'AWSALB=', undefined],
])('a request with %s', (_what, header, expected) => {
  expect(boundTarget(key, header, { targetGroupArn: 'arn:group', now })).toBe(expected);
});

test('it binds to nothing after its time, in another group, or under another key', () => {
  const header = pair(own);
  expect(boundTarget(key, header, { targetGroupArn: 'arn:group', now: now + 59_999 })).toBe(bound.targetId);
  expect(boundTarget(key, header, { targetGroupArn: 'arn:group', now: now + 60_000 })).toBeUndefined();
  expect(boundTarget(key, header, { targetGroupArn: 'arn:other', now })).toBeUndefined();
  expect(boundTarget(randomBytes(32), header, { targetGroupArn: 'arn:group', now })).toBeUndefined();
});
