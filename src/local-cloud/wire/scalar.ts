import { AwsError } from '../operation.ts';
import type { Shape } from './schema.ts';

/** A scalar of the query protocols from its text; `path` names it in the error. Throws {@link AwsError} `MalformedInput`. */
export function readScalar(shape: Shape, text: string, path: string): unknown {
  if (shape.isBooleanSchema()) {
    if (/^(true|1)$/i.test(text)) return true;
    if (/^(false|0)$/i.test(text)) return false;
    throw malformed(text, 'boolean', path);
  }
  if (shape.isNumericSchema()) {
    const number = Number(text);
    if (text === '' || Number.isNaN(number)) throw malformed(text, 'number', path);
    return number;
  }
  if (shape.isTimestampSchema()) {
    const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
    if (Number.isNaN(time)) throw malformed(text, 'timestamp', path);
    return new Date(time);
  }
  if (shape.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}

function malformed(text: string, type: string, path: string): AwsError {
  return new AwsError('MalformedInput', `Invalid value '${text}' for ${path}: it is not a ${type}.`);
}
