/* oxlint-disable unicorn/require-post-message-target-origin -- a BroadcastChannel takes none */
const CLIENT = 'chat.client';
const NAME = 'chat.name';

/** A random UUID, on plain http pages too, where browsers leave out crypto.randomUUID. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Who this tab is to the server. It survives a reload, and two tabs are two clients. */
export function clientId() {
  let client = sessionStorage.getItem(CLIENT);
  if (!client) sessionStorage.setItem(CLIENT, (client = uuid()));
  return client;
}

/** Calls `onClash` with a new id when this tab turns out to be a copy of another one, which browsers make with its storage. */
export function watchForCopies(onClash) {
  const channel = new BroadcastChannel('chat.clients');
  channel.addEventListener('message', ({ data }) => {
    if (data.client !== sessionStorage.getItem(CLIENT)) return;
    if (data.type === 'claim') channel.postMessage({ type: 'taken', client: data.client });
    if (data.type !== 'taken') return;
    const client = uuid();
    sessionStorage.setItem(CLIENT, client);
    onClash(client);
  });
  channel.postMessage({ type: 'claim', client: clientId() });
}

/** The name that was last chosen on this machine; null when none was ever asked for. */
export function savedName() {
  return localStorage.getItem(NAME);
}

export function saveName(name) {
  localStorage.setItem(NAME, name);
}
