import { AwsError } from '../operation.ts';
import type { Protocol, WireRequest, WireResponse } from './protocol.ts';
import { parseForm, readForm } from './query-form.ts';
import type { FormDialect } from './query-form.ts';
import { escapeXml, membersAsXml } from './xml.ts';

const dialect: FormDialect = {
  flatLists: false,
  memberKey: (name, member) => member.getMergedTraits().xmlName ?? name,
};

/** AWS Query (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html): a form in, XML out. */
export const awsQuery: Protocol = {
  operationName: actionOf,

  async readInput(request, shape) {
    return readForm(shape, parseForm(request.body.toString()), dialect) as Record<string, unknown>;
  },

  writeOutput({ xmlNamespace }, operation, shape, output, requestId) {
    const members = membersAsXml(shape, output);
    const result = shape.isStructSchema() ? `<${operation}Result>${members}</${operation}Result>` : '';
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    return xmlResponse(
      200,
      requestId,
      `<${operation}Response xmlns="${xmlNamespace}">${result}${metadata}</${operation}Response>`,
    );
  },

  writeError({ xmlNamespace }, error, known, requestId) {
    const fields = known === undefined ? '' : membersAsXml(known.shape, withoutMessage(error.fields));
    return xmlResponse(
      error.status,
      requestId,
      `<ErrorResponse xmlns="${xmlNamespace}"><Error><Type>${error.status < 500 ? 'Sender' : 'Receiver'}</Type>` +
        `<Code>${escapeXml(known?.queryCode ?? error.code)}</Code><Message>${escapeXml(error.message)}</Message>${fields}</Error>` +
        `<RequestId>${requestId}</RequestId></ErrorResponse>`,
    );
  },

  unknownOperation: (name, version) =>
    name === undefined
      ? new AwsError('MissingAction', 'The request is missing an action or a required parameter.')
      : new AwsError('InvalidAction', `Could not find operation ${name} for version ${version}`),
};

/** The `Action` of a form. */
export function actionOf(request: WireRequest): string | undefined {
  return parseForm(request.body.toString()).children.get('Action')?.value;
}

/** An XML document as an answer. */
export function xmlResponse(status: number, requestId: string, xml: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`),
  };
}

/** The message has an element of its own, under one name for all services. */
function withoutMessage(fields: Record<string, unknown>): Record<string, unknown> {
  return { ...fields, message: undefined, Message: undefined };
}
