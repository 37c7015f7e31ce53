import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** An ordinary answer on a socket that Node's server has let go of; the connection closes after it. */
export function responseOn(request: IncomingMessage, socket: Socket): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.destroySoon());
  response.on('close', () => socket.destroy());
  return response;
}
