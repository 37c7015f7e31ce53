import { element, linked } from './dom.js';

const SAME_SENDER_MS = 5 * 60_000;
const HUES = 8;

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

/** A message as an item of the log, `me` being who reads it; one without an offset is still on its way. */
export function messageItem(me, { offset, from, client, cid, text, at }) {
  const item = element('li', { className: client === me.client ? 'message own' : 'message' });
  Object.assign(item.dataset, { client, cid, at });
  if (offset !== undefined) item.dataset.offset = offset;
  const when = new Date(at);
  item.append(
    element(
      'div',
      { className: 'head' },
      element('span', { className: `from hue-${hueOf(client)}`, textContent: from }),
      element('time', { dateTime: when.toISOString(), textContent: timeFormat.format(when) }),
    ),
    element('p', { className: 'text' }, ...linked(text)),
  );
  return item;
}

/** Looks at items of the log anew: those of one sender that follow closely share a head, and a new day gets a line of its own. */
export function group(items) {
  for (const item of items) {
    if (item?.dataset.kind === 'day') item.remove();
  }
  for (const item of items) {
    if (!item?.isConnected || !item.classList.contains('message')) continue;
    const previous = item.previousElementSibling;
    const follows = previous?.classList.contains('message') === true;
    const at = Number(item.dataset.at);
    const dayBefore = follows ? Number(previous.dataset.at) : Date.now();
    const isNewDay = (follows || !previous) && !isSameDay(at, dayBefore);
    if (isNewDay) item.before(dayLine(at));
    const isSame =
      follows &&
      !isNewDay &&
      previous.dataset.client === item.dataset.client &&
      at - Number(previous.dataset.at) < SAME_SENDER_MS;
    item.classList.toggle('same', isSame);
  }
}

function isSameDay(one, other) {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

function dayLine(at) {
  const line = element('li', { className: 'note', textContent: dayFormat.format(at) });
  line.dataset.kind = 'day';
  return line;
}

function hueOf(client) {
  let sum = 0;
  for (const letter of client) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return sum % HUES;
}
