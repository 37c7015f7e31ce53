import { Composer } from './composer.js';
import { Connection } from './connection.js';
import { Drawers } from './drawers.js';
import { clientId, savedName, saveName, uuid, watchForCopies } from './identity.js';
import { PeopleView } from './people-view.js';
import { Rooms } from './rooms.js';
import { roomInAddress, RoomsView } from './rooms-view.js';
import { StatusView } from './status-view.js';
import { hasToken, takeToken } from './token.js';

const $ = (selector) => document.querySelector(selector);

const me = { client: clientId() };
const drawers = new Drawers();
const status = new StatusView();
const people = new PeopleView();
const list = new RoomsView({ onGo: go, onLeave: leave });
const composer = new Composer({
  onSay: (text) => rooms.current.say(text, uuid()),
  onTyping: () => rooms.current.typing(),
});

const connection = new Connection({
  connecting: () => status.connecting(rooms.current.wasJoined),
  // Whom a token names is called as it says.
  welcomed({ user, userId }) {
    if (userId !== undefined) $('#you').textContent = user;
    $('#rename').hidden = userId !== undefined;
    rooms.start();
  },
  received: (frame) => rooms.receive(frame),
  lost(wait) {
    rooms.stop();
    status.reconnecting(wait);
  },
  signedOut(reason) {
    rooms.stop();
    status.signedOut(reason);
  },
});

const rooms = new Rooms({
  me,
  connection,
  listener: {
    changed: draw,
    peopled: (room) => room === rooms.current && people.draw(room.people),
    state: showState,
    back(missed) {
      connection.works();
      status.back(connection.node, missed);
    },
    gap: () => status.gap(connection.node),
  },
});

function showState() {
  const { waiting, current } = rooms;
  if (!connection.isOpen) return;
  if (waiting !== undefined) return status.waiting(waiting);
  if (current.refusal !== undefined) return status.refused(current.refusal);
  if (!current.wasJoined) return;
  connection.works();
  status.connected(connection.node);
}

function draw() {
  const { current, all, unread } = rooms;
  list.draw(all.map((each) => ({ name: each.name, unread: each.unread, isCurrent: each === current })));
  document.title = unread === 0 ? `#${current.name}` : `(${unread}) #${current.name}`;
  $('#unread-elsewhere').hidden = unread === current.unread;
}

function go(name) {
  drawers.close();
  if (name !== rooms.current?.name) history.pushState(null, '', `/r/${name}`);
  enter();
  // Or the keyboard of a phone covers what was opened.
  if (matchMedia('(hover: hover)').matches) composer.focus();
}

function enter() {
  const name = roomInAddress() ?? 'lobby';
  rooms.go(name);
  $('#room-name').textContent = name;
  composer.open(name);
  showState();
}

function leave(name) {
  const room = rooms.all.find((other) => other.name === name);
  if (room === rooms.current) go(rooms.next(1).name);
  rooms.leave(room);
  $('#rooms [aria-current]').focus();
}

$('#rename').addEventListener('click', askName);

function askName() {
  $('#name').value = savedName() ?? '';
  $('#name-dialog').showModal();
}

// Escape closes the dialog too: then the name stays what it was.
$('#name-dialog').addEventListener('close', () => {
  if (savedName() === null) saveName('');
  if (!started) start();
  composer.focus();
});

$('#name-form').addEventListener('submit', () => {
  const name = $('#name').value.trim();
  if (name === savedName()) return;
  saveName(name);
  showName();
  identify();
});

function showName() {
  $('#you').textContent = savedName() || `guest-${me.client.slice(0, 4)}`;
}

const shortcuts = {
  'Alt+ArrowDown': () => step(1),
  'Alt+ArrowUp': () => step(-1),
  'Alt+Shift+ArrowDown': () => step(1, true),
  'Alt+Shift+ArrowUp': () => step(-1, true),
  'Control+k': find,
  'Meta+k': find,
  Escape() {
    if (drawers.close()) return;
    rooms.current.catchUp();
    composer.focus();
  },
};

function step(by, unreadOnly) {
  const room = rooms.next(by, unreadOnly);
  if (room) go(room.name);
}

function find() {
  drawers.open('rooms-panel');
  $('#go-room').focus();
}

addEventListener('keydown', (event) => {
  if ($('#name-dialog').open || event.isComposing) return;
  const held = ['Control', 'Meta', 'Alt', 'Shift'].filter((key) => event.getModifierState(key));
  const act = shortcuts[[...held, event.key].join('+')];
  if (!act) return;
  event.preventDefault();
  act();
});

let started = false;

// Not before a newcomer has a name, or all would see a guest come and go.
function start() {
  identify();
  if (!started) connection.connect();
  started = true;
}

function identify() {
  connection.identify({ client: me.client, name: savedName() ?? '' });
}

document.addEventListener('visibilitychange', () => rooms.looked());
addEventListener('popstate', enter);
addEventListener('hashchange', () => takeToken() && start());

takeToken();
if (!roomInAddress()) history.replaceState(null, '', `/r/${rooms.all[0]?.name ?? 'lobby'}`);
watchForCopies((other) => {
  me.client = other;
  rooms.disown();
  showName();
  if (started) identify();
});
showName();
enter();
if (savedName() === null && !hasToken()) askName();
else start();
