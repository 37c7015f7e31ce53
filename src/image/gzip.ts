import { crc32 } from 'node:zlib';
import { deflate } from './deflate.ts';

/** Compresses to gzip, with the same bytes on every machine: no time, no name, no operating system in the header. */
export function gzip(data: Buffer): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length % 2 ** 32, 4);
  return Buffer.concat([header, deflate(data), trailer]);
}
