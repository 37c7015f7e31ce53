import { AwsError } from '../operation.ts';
import { actionOf, xmlResponse } from './aws-query.ts';
import type { Protocol } from './protocol.ts';
import { parseForm, readForm } from './query-form.ts';
import type { FormDialect } from './query-form.ts';
import { escapeXml, membersAsXml } from './xml.ts';

const dialect: FormDialect = {
  flatLists: true,
  memberKey(name, member) {
    const { ec2QueryName, xmlName } = member.getMergedTraits() as { ec2QueryName?: string; xmlName?: string };
    const key = xmlName ?? name;
    return ec2QueryName ?? key.charAt(0).toUpperCase() + key.slice(1);
  },
};

/** EC2 Query (https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html): a form in, XML out. */
export const ec2Query: Protocol = {
  operationName: actionOf,

  async readInput(request, shape) {
    return readForm(shape, parseForm(request.body.toString()), dialect) as Record<string, unknown>;
  },

  writeOutput({ xmlNamespace }, operation, shape, output, requestId) {
    const members = membersAsXml(shape, output);
    return xmlResponse(
      200,
      requestId,
      `<${operation}Response xmlns="${xmlNamespace}"><requestId>${requestId}</requestId>${members}</${operation}Response>`,
    );
  },

  writeError: (_service, error, _known, requestId) =>
    xmlResponse(
      error.status,
      requestId,
      `<Response><Errors><Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error></Errors>` +
        `<RequestID>${requestId}</RequestID></Response>`,
    ),

  unknownOperation: (name) =>
    name === undefined
      ? new AwsError('MissingAction', 'The request is missing an action or a required parameter.')
      : new AwsError('InvalidAction', `The action ${name} is not valid for this web service.`),
};
