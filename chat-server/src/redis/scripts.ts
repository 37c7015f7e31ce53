/**
 * The Lua scripts, one round trip each. Nodes of two versions run side by side during a deploy and each
 * brings its own text (EVALSHA goes by content), so what must stay compatible is the data:
 *   head    hash  v, history, epoch, offset, base, lineage ("<epoch>:<where it ended>", newest first)
 *   stream  entries 0-<offset> with fields v, m (the message's JSON without its beginning)
 *   sent    string <offset>, 10 minutes
 *   here    hash  <node id> → JSON of that node's members
 *   channel M1 <epoch> <offset> <m> | P1 <node id> <JSON> | T1 <JSON>
 */

/** How an announcement is made: to a whole server, or on the shard that has the room. */
type Ring = 'publish' | 'spublish';

/** How long a room is kept in which nobody has ever said anything: names are without number, and joining one is cheap. */
export const EMPTY_MS = 3_600_000;

// A history is the stretch of writes of one primary. Only the server itself is believed about a change:
// a node that slept through a fail-over must not turn the epoch back and forth with one that did not.
const HEAD = `
local function history_of_server()
  local id = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
  return id or string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or 'unknown'
end
local function keep(head, stream, retention, offset)
  if tonumber(offset) == 0 then retention = math.min(retention, ${EMPTY_MS}) end
  redis.call('PEXPIRE', head, retention)
  redis.call('PEXPIRE', stream, retention)
end
local function open(head, stream, history, retention)
  local h = redis.call('HMGET', head, 'history', 'epoch', 'offset', 'base', 'lineage')
  if h[1] == history then return h end
  local actual = history_of_server()
  if h[1] == actual then return h end
  local base = tonumber(h[3] or '0')
  local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  if last then base = math.max(base, tonumber(string.match(last[1], '%d+$'))) end
  local lineage = {}
  if h[2] then
    lineage[1] = h[2] .. ':' .. string.format('%d', base)
    for past in string.gmatch(h[5], '[^,]+') do
      if #lineage < 16 then lineage[#lineage + 1] = past end
    end
  end
  local now = redis.call('TIME')
  local epoch = string.format('%s-%x%05x', string.sub(actual, 1, 8), now[1], now[2])
  h = { actual, epoch, string.format('%d', base), string.format('%d', base), table.concat(lineage, ',') }
  redis.call('HSET', head, 'v', '1', 'history', h[1], 'epoch', h[2], 'offset', h[3], 'base', h[4], 'lineage', h[5])
  keep(head, stream, retention, base)
  return h
end
`;

/**
 * KEYS head stream sent; ARGV history retention channel limit dedupe m → { epoch, offset, duplicate }. A duplicate is a write too:
 * WAIT speaks of what its own connection wrote, and the first try may have come over another node.
 */
const publish = (ring: Ring) => `${HEAD}
local h = open(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
local seen = redis.call('GET', KEYS[3])
if seen then
  redis.call('PEXPIRE', KEYS[3], ARGV[5])
  return { h[2], tonumber(seen), 1 }
end
local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '0-' .. offset, 'v', '1', 'm', ARGV[6])
redis.call('SET', KEYS[3], offset, 'PX', ARGV[5])
redis.call('${ring}', ARGV[3], 'M1 ' .. h[2] .. ' ' .. offset .. ' ' .. ARGV[6])
if offset == tonumber(h[4]) + 1 then keep(KEYS[1], KEYS[2], ARGV[2], offset) end
return { h[2], offset, 0 }
`;

/** KEYS head stream; ARGV history retention after count → { history, epoch, offset, lineage, entries }. */
const read = `${HEAD}
local h = open(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
keep(KEYS[1], KEYS[2], ARGV[2], h[3])
local entries = {}
if tonumber(ARGV[4]) > 0 then
  entries = redis.call('XRANGE', KEYS[2], '0-' .. string.format('%d', ARGV[3] + 1), '+', 'COUNT', ARGV[4])
end
return { h[1], h[2], tonumber(h[3]), h[5], entries }
`;

/** KEYS head…; → { server's history, role, replicas that follow, epoch, offset, epoch, offset, … }; a room of another history answers ''. */
const heads = `${HEAD}
local history = history_of_server()
local info = redis.call('INFO', 'replication')
local _, replicas = string.gsub(info, 'state=online', '')
local reply = { history, string.match(info, 'role:(%a+)') or '', replicas }
for i = 1, #KEYS do
  local h = redis.call('HMGET', KEYS[i], 'history', 'epoch', 'offset')
  reply[#reply + 1] = h[1] == history and h[2] or ''
  reply[#reply + 1] = tonumber(h[3] or '0')
end
return reply
`;

/** KEYS here; ARGV node entry retention channel count; nobody: the node leaves the room. */
const announce = (ring: Ring) => `
if ARGV[5] == '0' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
redis.call('${ring}', ARGV[4], 'P1 ' .. ARGV[1] .. ' ' .. ARGV[2])
return 1
`;

/** KEYS nodes; ARGV node lease → { 1 when our own lease had not run out, live node, … }. */
const lease = `
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local held = redis.call('ZSCORE', KEYS[1], ARGV[1]) and 1 or 0
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 10)
local reply = redis.call('ZRANGE', KEYS[1], 0, -1)
table.insert(reply, 1, held)
return reply
`;

/** Names and texts for ioredis `defineCommand`; `numberOfKeys` is given with each call where it varies. */
export const scriptsRinging = (ring: Ring) => ({
  chatPublish: { lua: publish(ring), numberOfKeys: 3 },
  chatRead: { lua: read, numberOfKeys: 2 },
  chatHeads: { lua: heads },
  chatAnnounce: { lua: announce(ring), numberOfKeys: 1 },
  chatLease: { lua: lease, numberOfKeys: 1 },
});
