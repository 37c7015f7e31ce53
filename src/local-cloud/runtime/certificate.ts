import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate with its private key, both as PEM. */
export interface Certificate {
  certificate: string;
  key: string;
}

/** Issues certificates that those trust who trust `certificate` (PEM). Lives as long as the local cloud. */
export interface Authority {
  certificate: string;
  /** A certificate for a server on these IPv4 addresses and under these DNS names, in which a first label may be `*`. */
  issue(names: string[]): Certificate;
}

/** A certificate authority of this local cloud's own, with a key that is nowhere but in memory. */
export function createAuthority(): Authority {
  const name = 'chatops local cloud';
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension('551d13', true, sequence(encoded(0x01, [0xff]))),
    // Certificates and revocation lists may be signed with it.
    extension('551d0f', true, encoded(0x03, [0x01, 0x06])),
  ];
  const body = { issuer: name, subject: name, publicKey: own.publicKey, extensions };
  return {
    certificate: signed(body, own.privateKey),
    issue(names) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const alternativeNames = extension('551d11', false, sequence(...names.map(alternativeName)));
      return {
        certificate: signed(
          { issuer: name, subject: names[0] ?? '', publicKey, extensions: [alternativeNames] },
          own.privateKey,
        ),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}

function alternativeName(name: string): Buffer {
  return isIPv4(name) ? encoded(0x87, name.split('.').map(Number)) : encoded(0x82, Buffer.from(name));
}

interface Body {
  issuer: string;
  subject: string;
  publicKey: KeyObject;
  extensions: Buffer[];
}

/** A certificate of X.509 version 3, valid for ten years, as PEM (RFC 5280, section 4.1). */
function signed({ issuer, subject, publicKey, extensions }: Body, by: KeyObject): string {
  const algorithm = sequence(objectIdentifier('2a8648ce3d040302'));
  const day = 24 * 60 * 60 * 1000;
  const body = sequence(
    encoded(0xa0, encoded(0x02, [2])),
    // The first bit must not be set, or the number would be negative, nor the first octet be nothing.
    encoded(0x02, [0x40, ...randomBytes(15)]),
    algorithm,
    nameOf(issuer),
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + 3650 * day)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    encoded(0xa3, sequence(...extensions)),
  );
  const signature = encoded(0x03, [0, ...sign('sha256', body, by)]);
  const lines = sequence(body, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [encoded(0x01, [0xff])] : [];
  return sequence(objectIdentifier(identifier), ...flag, encoded(0x04, value));
}

/** A name that is nothing but a common name. */
function nameOf(commonName: string): Buffer {
  const attribute = sequence(objectIdentifier('550403'), encoded(0x0c, Buffer.from(commonName)));
  return sequence(encoded(0x31, attribute));
}

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return encoded(0x17, Buffer.from(`${digits}Z`));
}

function objectIdentifier(hex: string): Buffer {
  return encoded(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: Buffer[]): Buffer {
  return encoded(0x30, Buffer.concat(parts));
}

/** Tag, length and value, as the distinguished encoding rules of ASN.1 want them. */
function encoded(tag: number, value: Buffer | number[]): Buffer {
  const content = Buffer.from(value);
  const { length } = content;
  if (length < 0x80) return Buffer.from([tag, length, ...content]);
  const octets = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.from([tag, ...octets, ...content]);
}
