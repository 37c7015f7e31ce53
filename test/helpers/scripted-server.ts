import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What to do with one request: answer, break the connection before an answer, or never answer. */
export type Answer = { status: number; body: string } | 'reset' | 'silence';

/** A server on loopback that does with each request what the script says; requests come with the operation of the query protocol. */
export async function scriptedServer(script: (operation: string, body: string) => Answer) {
  const seen: { operation: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const operation = new URLSearchParams(body).get('Action') ?? '';
      seen.push({ operation, body });
      const answer = script(operation, body);
      if (answer === 'reset') request.socket.destroy();
      else if (answer !== 'silence')
        response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

/** Who the scripted server says that we are. */
export const identityAnswer: Answer = {
  status: 200,
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws-cn:iam::123456789012:user/anna</Arn><UserId>AID</UserId><Account>123456789012</Account>
    </GetCallerIdentityResult></GetCallerIdentityResponse>`,
};

/** An error as EC2 writes it. */
export function ec2Error(status: number, code: string, message = `${code} happened`): Answer {
  const body = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`;
  return { status, body };
}

/** An error as STS writes it. */
export function queryError(status: number, code: string, message = `${code} happened`): Answer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
  return { status, body };
}
