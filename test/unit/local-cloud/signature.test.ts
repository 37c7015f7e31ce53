import { describe, expect, it } from 'vitest';
import { services } from '../../../src/local-cloud/services/index.ts';
import { verify } from '../../../src/local-cloud/signature.ts';
import type { SignedRequest } from '../../../src/local-cloud/signature.ts';

/**
 * Two signed requests that AWS publishes: the ListUsers example of the IAM reference
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html) and `get-vanilla-query-order-key-case`,
 * `get-header-value-trim` of the Signature Version 4 test suite.
 */
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const now = Date.parse('2015-08-30T12:36:00Z');

const listUsers: SignedRequest = {
  method: 'GET',
  path: '/?Action=ListUsers&Version=2010-05-08',
  headers: {
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    host: 'iam.amazonaws.com',
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, ' +
      'SignedHeaders=content-type;host;x-amz-date, ' +
      'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
  body: Buffer.alloc(0),
};

const iam = services.find(({ signingName }) => signingName === 'iam')!;
const ec2 = services.find(({ signingName }) => signingName === 'ec2')!;
const ssm = services.find(({ signingName }) => signingName === 'ssm')!;

function refusalOf(
  request: SignedRequest,
  at = now,
  service = iam,
): { code: string; message: string; status: number } {
  const verdict = verify(request, credentials, at);
  if (verdict.ok) throw new Error('the request was accepted');
  const { code, message, status } = verdict.error(service);
  return { code, message, status };
}

function changed(headers: Record<string, string | undefined>): SignedRequest {
  const all = { ...listUsers.headers, ...headers };
  const present = Object.entries(all).filter(([, value]) => value !== undefined);
  return { ...listUsers, headers: Object.fromEntries(present) as Record<string, string> };
}

describe('a signature', () => {
  it('of the example that AWS publishes is right, and names service and region', () => {
    expect(verify(listUsers, credentials, now)).toEqual({ ok: true, service: 'iam', region: 'us-east-1' });
  });

  it('of the published test suite, with sorted query and trimmed headers, is right', () => {
    const signed = (path: string, names: string, signature: string, headers = {}): SignedRequest => ({
      method: 'GET',
      path,
      headers: {
        host: 'example.amazonaws.com',
        'x-amz-date': '20150830T123600Z',
        ...headers,
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
          `SignedHeaders=${names}, Signature=${signature}`,
      },
      body: Buffer.alloc(0),
    });
    const vanilla = signed(
      '/',
      'host;x-amz-date',
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    );
    expect(verify(vanilla, credentials, now)).toMatchObject({ ok: true });
    const query = signed(
      '/?Param2=value2&Param1=value1',
      'host;x-amz-date',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    );
    expect(verify(query, credentials, now)).toMatchObject({ ok: true });
    const trimmed = signed(
      '/',
      'host;my-header1;my-header2;x-amz-date',
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
      { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    );
    expect(verify(trimmed, credentials, now)).toMatchObject({ ok: true });
  });

  it('is refused when anything that it covers was changed', () => {
    const mismatch = { code: 'SignatureDoesNotMatch', status: 403 };
    expect(refusalOf({ ...listUsers, method: 'POST' })).toMatchObject(mismatch);
    expect(refusalOf({ ...listUsers, path: '/?Action=ListRoles&Version=2010-05-08' })).toMatchObject(
      mismatch,
    );
    expect(refusalOf({ ...listUsers, body: Buffer.from('more') })).toMatchObject(mismatch);
    expect(refusalOf(changed({ host: 'evil.example' }))).toMatchObject(mismatch);
    expect(refusalOf(changed({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }))).toMatchObject(mismatch);
    const authorization = listUsers.headers['authorization']!.replace(/5d672d/, '5d672e');
    expect(refusalOf(changed({ authorization }))).toMatchObject(mismatch);
  });

  it('of another key, or none, is refused', () => {
    const authorization = listUsers.headers['authorization']!.replace('AKIDEXAMPLE', 'AKIDOTHER');
    expect(refusalOf(changed({ authorization }))).toEqual({
      code: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
      status: 403,
    });
    expect(refusalOf(changed({ authorization: undefined }))).toMatchObject({
      code: 'MissingAuthenticationToken',
    });
    expect(refusalOf(changed({ authorization: 'Bearer x' }))).toMatchObject({ code: 'IncompleteSignature' });
  });

  it('that leaves the host out is refused', () => {
    const authorization = listUsers.headers['authorization']!.replace('content-type;host;', 'content-type;');
    expect(refusalOf(changed({ authorization }))).toMatchObject({ code: 'IncompleteSignature' });
  });

  it('is good for 15 minutes, before and after', () => {
    const minute = 60_000;
    expect(verify(listUsers, credentials, now + 15 * minute)).toMatchObject({ ok: true });
    expect(verify(listUsers, credentials, now - 15 * minute)).toMatchObject({ ok: true });
    expect(refusalOf(listUsers, now + 16 * minute)).toMatchObject({
      code: 'SignatureDoesNotMatch',
      message:
        'Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z (20150830T125200Z - 15 min.)',
    });
    expect(refusalOf(listUsers, now - 16 * minute).message).toMatch(/^Signature not yet current: /);
  });

  it('is refused in the words of the service that it is for', () => {
    const authorization = listUsers.headers['authorization']!.replace('AKIDEXAMPLE', 'AKIDOTHER');
    const other = changed({ authorization });
    expect(refusalOf(other, now, ec2)).toMatchObject({ code: 'AuthFailure', status: 401 });
    expect(refusalOf(other, now, ssm)).toMatchObject({ code: 'UnrecognizedClientException', status: 400 });
    expect(refusalOf(listUsers, now + 3_600_000, ec2)).toMatchObject({ code: 'RequestExpired' });
    expect(refusalOf(listUsers, now + 3_600_000, ssm)).toMatchObject({ code: 'InvalidSignatureException' });
  });
});
