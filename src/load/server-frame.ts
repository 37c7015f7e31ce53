/** A message as `joined` and `message` carry it. */
export interface Message {
  offset: number;
  text: string;
}

/** What a client of the protocol acts on; everything else is passed over. */
export type ServerFrame =
  | { type: 'welcome'; heartbeatMs: number | undefined }
  | {
      type: 'joined';
      room: string;
      epoch: string;
      offset: number;
      recovered: boolean;
      more: boolean;
      messages: Message[];
    }
  | ({ type: 'message'; room: string } & Message)
  | { type: 'sent'; room: string; cid: string; offset: number; duplicate: boolean }
  | { type: 'reset'; room: string; epoch: string; offset: number }
  | { type: 'reconnect'; afterMs: number }
  | { type: 'error'; code: string; room?: string; cid?: string; retryable: boolean }
  | { type: 'ping' }
  | { type: 'other' };

type Fields = Record<string, unknown>;

/** Reads a frame of any server of the protocol; undefined for one that is malformed. */
export function parseServerFrame(text: string): ServerFrame | undefined {
  let fields: Fields;
  try {
    fields = JSON.parse(text) as Fields;
  } catch {
    return undefined;
  }
  if (typeof fields !== 'object' || fields === null) return undefined;
  return read(fields);
}

function read(fields: Fields): ServerFrame | undefined {
  const { type, room, epoch, offset, cid } = fields;
  switch (type) {
    case 'welcome':
      return { type, heartbeatMs: number(fields['heartbeatMs']) };
    case 'joined': {
      const messages = messagesOf(fields['messages']);
      if (!isText(room) || !isText(epoch) || !isOffset(offset) || messages === undefined) return undefined;
      const recovered = fields['recovered'] === true;
      return { type, room, epoch, offset, recovered, more: fields['more'] === true, messages };
    }
    case 'message':
      if (!isText(room) || !isOffset(offset)) return undefined;
      return { type, room, offset, text: isText(fields['text']) ? fields['text'] : '' };
    case 'sent':
      if (!isText(room) || !isText(cid) || !isOffset(offset)) return undefined;
      return { type, room, cid, offset, duplicate: fields['duplicate'] === true };
    case 'reset':
      return isText(room) && isText(epoch) && isOffset(offset) ? { type, room, epoch, offset } : undefined;
    case 'reconnect':
      return { type, afterMs: number(fields['afterMs']) ?? 0 };
    case 'error':
      return {
        type,
        code: isText(fields['code']) ? fields['code'] : 'unknown',
        ...(isText(room) && { room }),
        ...(isText(cid) && { cid }),
        retryable: fields['retryable'] === true,
      };
    case 'ping':
      return { type };
    default:
      return isText(type) ? { type: 'other' } : undefined;
  }
}

function messagesOf(value: unknown): Message[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const messages: Message[] = [];
  for (const each of value as (Fields | null)[]) {
    if (!isOffset(each?.['offset'])) return undefined;
    messages.push({ offset: each['offset'], text: isText(each['text']) ? each['text'] : '' });
  }
  return messages;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
