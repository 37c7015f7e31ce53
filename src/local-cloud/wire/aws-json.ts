import { JsonCodec2 } from '@aws-sdk/core/protocols';
import { AwsError } from '../operation.ts';
import { mistyped } from './mistyped.ts';
import type { Protocol } from './protocol.ts';
import type { Shape } from './schema.ts';
import { serdeContext } from './xml.ts';

/** Timestamp format 7 is seconds since 1970. */
const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });
codec.setSerdeContext(serdeContext);

/** AWS JSON 1.0 and 1.1 (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html): they differ in the content type only. */
export function awsJson(version: '1.0' | '1.1'): Protocol {
  const headers = (requestId: string) => ({
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': requestId,
  });
  return {
    operationName: (request) => request.headers['x-amz-target']?.split('.').at(-1),

    async readInput(request, shape) {
      const text = request.body.length === 0 ? '{}' : request.body.toString();
      return shape.isStructSchema() ? codec.createDeserializer().read(shape, checkedJson(text, shape)) : {};
    },

    writeOutput: (_service, _operation, shape, output, requestId) => ({
      status: 200,
      headers: headers(requestId),
      body: shape.isStructSchema() ? bytes(shape, output) : Buffer.alloc(0),
    }),

    writeError(_service, error, known, requestId) {
      const type = known === undefined ? error.code : `${known.namespace}#${known.name}`;
      const fields = known === undefined ? {} : JSON.parse(bytes(known.shape, error.fields).toString());
      const document = { __type: type, ...fields, message: error.message };
      return {
        status: error.status,
        headers: {
          ...headers(requestId),
          'x-amzn-errortype': error.code,
          ...(known !== undefined &&
            known.queryCode !== known.name && {
              'x-amzn-query-error': `${known.queryCode};${error.status < 500 ? 'Sender' : 'Receiver'}`,
            }),
        },
        body: Buffer.from(JSON.stringify(document)),
      };
    },

    unknownOperation: () => new AwsError('UnknownOperationException', 'The operation is not known.'),
  };
}

function checkedJson(text: string, shape: Shape): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The body of the request is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  }
  const wrong = mistyped(shape, value);
  if (wrong !== undefined) throw new AwsError('SerializationException', wrong);
  return text;
}

function bytes(shape: Shape, value: object): Buffer {
  const serializer = codec.createSerializer();
  serializer.write(shape, value);
  const { buffer, byteOffset, byteLength } = serializer.flush();
  // Buffer.from(bytes) would take them for the string that they also are, and warn.
  return Buffer.from(buffer, byteOffset, byteLength);
}
