import { Connection } from './connection.js';
import { clientId, savedName, saveName, uuid, watchForCopies } from './identity.js';
import { LogView } from './log-view.js';
import { PeopleView } from './people-view.js';
import { roomInAddress, RoomsView } from './rooms-view.js';
import { hasToken, takeToken } from './token.js';

const TYPING_MS = 2000;
const BACK_MS = 8000;

const $ = (selector) => document.querySelector(selector);

let client = clientId();
let room = roomInAddress() ?? 'lobby';
let unseen = 0;
let started = false;

const people = new PeopleView();
const log = new LogView({
  client,
  onOlder: (before) => connection.older(before),
  onRetry: (cid) => {
    const text = log.textOf(cid);
    log.markSending(cid);
    connection.say(text, cid);
  },
  onDiscard: (cid) => connection.discard(cid),
});
const rooms = new RoomsView(go);

const connection = new Connection(room, {
  state: showState,
  // Whom a token names is called as it says.
  welcomed({ user, userId }) {
    if (userId !== undefined) $('#you').textContent = user;
    $('#rename').hidden = userId !== undefined;
  },
  opened(page, resumed) {
    log.open(room, page.messages, connection.unsent);
    if (resumed) log.note('Some messages in between could not be fetched', 'gap');
  },
  message(message) {
    log.add(message);
    people.wrote(message.client);
    if (document.hidden) showUnseen(unseen + 1);
  },
  reset({ offset }) {
    const lost = log.markLost(offset);
    const what = lost === 0 ? 'nothing shown here was lost' : `${lost} of the messages above were lost`;
    log.note(`The server's store was replaced, ${what}`, 'gap');
  },
  sent: (cid) => log.markSent(cid),
  failed: (cid, reason) => log.markFailed(cid, reason),
  members: (members) => people.open(members),
  presence: (change) => people.change(change),
  typing: (frame) => frame.client !== client && people.typing(frame),
  older: ({ messages, more }) => log.prepend(messages, more === true),
});

function showRoom() {
  $('#room-name').textContent = room;
  rooms.open(room);
  showPeople(false);
  showUnseen(0);
}

function go(next) {
  if (next === room) return;
  history.pushState(null, '', `/r/${next}`);
  enter();
}

function enter() {
  room = roomInAddress() ?? 'lobby';
  log.open(room, [], []);
  showRoom();
  connection.enter(room);
}

let backUntil;

function showState(state, detail = {}) {
  clearTimeout(backUntil);
  $('#status').dataset.state = state;
  $('#status').textContent = words(state, detail);
  if (state === 'reconnecting') log.connectionLost();
  if (detail.back === undefined) return;
  backUntil = setTimeout(() => showState('connected', { node: detail.node }), BACK_MS);
}

function words(state, { node, back, wait, reason }) {
  if (state === 'connecting') return 'connecting…';
  if (state === 'signed-out') return `${reason}, sign in again`;
  if (state === 'waiting') return `${reason} (your messages are kept)`;
  if (state === 'reconnecting')
    return wait > 3000 ? `no connection, trying again in ${Math.round(wait / 1000)} s` : 'reconnecting…';
  if (back === undefined) return `connected to node ${node}`;
  const missed = back === 0 ? 'nothing missed' : `${back} ${back === 1 ? 'message' : 'messages'} caught up`;
  return `back, ${missed} · node ${node}`;
}

function showUnseen(count) {
  unseen = count;
  document.title = count === 0 ? `#${room}` : `(${count}) #${room}`;
}

const text = $('#text');
let typedAt = 0;

function submit() {
  if (text.value.trim() === '') return;
  const cid = uuid();
  log.addPending({ cid, text: text.value });
  connection.say(text.value, cid);
  text.value = '';
  fitText();
}

// Browsers that know field-sizing do this by themselves.
function fitText() {
  if (CSS.supports('field-sizing', 'content')) return;
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight + 2}px`;
}

$('#composer').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
  text.focus();
});

text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});

text.addEventListener('input', () => {
  fitText();
  const now = Date.now();
  if (text.value === '' || now - typedAt < TYPING_MS) return;
  typedAt = now;
  connection.typing();
});

// On a phone the people cover the talk, so what is below must not be reached by keyboard either.
function showPeople(open) {
  $('#people').classList.toggle('open', open);
  $('#people-toggle').setAttribute('aria-expanded', String(open));
  $('.talk').inert = open;
}

$('#people-toggle').addEventListener('click', () => showPeople(!$('#people').classList.contains('open')));

$('#rename').addEventListener('click', askName);

function askName() {
  $('#name').value = savedName() ?? '';
  $('#name-dialog').showModal();
}

// Escape closes the dialog too: then the name stays what it was.
$('#name-dialog').addEventListener('close', () => {
  if (savedName() === null) saveName('');
  if (!started) start();
  text.focus();
});

$('#name-form').addEventListener('submit', () => {
  const name = $('#name').value.trim();
  if (name === savedName()) return;
  saveName(name);
  showName();
  connection.identify({ client, name });
});

function showName() {
  $('#you').textContent = savedName() || `guest-${client.slice(0, 4)}`;
}

document.addEventListener('visibilitychange', () => document.hidden || showUnseen(0));
addEventListener('popstate', enter);
addEventListener('hashchange', () => takeToken() && start());

takeToken();
if (!roomInAddress()) history.replaceState(null, '', `/r/${room}`);
watchForCopies((other) => {
  client = other;
  log.client = other;
  showName();
  connection.identify({ client, name: savedName() ?? '' });
});
showRoom();
showName();
if (savedName() === null && !hasToken()) askName();
else start();

// Not before a newcomer has a name, or all would see a guest come and go.
function start() {
  connection.identify({ client, name: savedName() ?? '' });
  if (!started) connection.connect();
  started = true;
}
