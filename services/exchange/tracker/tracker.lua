-- The server side of tracker.h. Every function gets one key, the prefix of all keys of a shard ("{cy<shard>}:"),
-- so that they all live in one slot of a Redis Cluster.
--
--   r<id>      hash of one request (id: the 16 bytes of its UUID); every value at most 64 bytes, so that Redis
--              keeps the compact encoding:
--                s state  d direction  c caller  p peer region  o operation  t submitted  D deadline
--                m body mac  k idempotency key  l location  a answer location  u outcome  j journal index
--                n attempts  w worker  T lease token  q number of steps
--                0 to 35: steps, "<event>|<ms>|<attempt>|<detail>": the first 12, then the newest 24
--   z<d><s>    sorted set of the requests in a state; running: by the end of the lease, which makes it the set of
--              leases; waiting for a retry: by when it is due; others: by when they entered it
--   dl         sorted set of the requests whose deadline still matters
--   u<caller>  sorted set of the answers that the caller has not stored
--   i<caller>:<key>  id of the request that came under a key other than its id
--   n, N       numbers of callers and operations, and back; they are long and few
--   cnt        how often each terminal state was reached
--   gone       sorted set of ended requests, by when they ended
--   applied    journal records below this are applied
--   resetting  there while a reset is under way
--
-- NEXT is generated from state_machine.cc: NEXT[direction .. state .. event] is the next state, or "=" when the
-- event is known already.

-- Redis offers its calls only while a function runs, not while the library is loaded.
local call
local OPEN = { S = true, D = true, R = true, F = true, W = true, P = true }
local TERMINAL = { V = true, C = true, E = true, J = true }
local KEPT_FIRST, KEPT_LAST, LISTED = 12, 24, 1000

local function number_of(K, name)
  local n = call('HGET', K .. 'n', name)
  if n then return n end
  n = tostring(call('HLEN', K .. 'n') + 1)
  call('HSET', K .. 'n', name, n)
  call('HSET', K .. 'N', n, name)
  return n
end

local function step_field(q)
  if q < KEPT_FIRST then return q end
  return KEPT_FIRST + (q - KEPT_FIRST) % KEPT_LAST
end

local function forget(K, id)
  local h = call('HMGET', K .. 'r' .. id, 's', 'd', 'c', 'k')
  if not h[1] then return end
  call('DEL', K .. 'r' .. id)
  call('ZREM', K .. 'z' .. h[2] .. h[1], id)
  if h[4] then call('DEL', K .. 'i' .. h[3] .. ':' .. h[4]) end
end

-- A few at a time, with every batch: never a long pause.
local function forget_old(K, before)
  local old = call('ZRANGEBYSCORE', K .. 'gone', '-inf', before, 'LIMIT', 0, 64)
  for _, id in ipairs(old) do
    forget(K, id)
    call('ZREM', K .. 'gone', id)
  end
end

local function existing(K, id, token)
  local h = call('HMGET', K .. 'r' .. id, 's', 'n', 'T', 'm', 'l', 'a')
  local leased = (h[1] == 'R' and token ~= '' and h[3] == token) and '1' or '0'
  return { 'X' .. h[1] .. leased .. (h[2] or '0'), id, h[4] or '', h[5] or '', h[6] or '' }
end

-- a: arguments, i: index of the first one of this change
local function create(K, a, i)
  local id, dir, at, idem, token = a[i + 1], a[i + 2], a[i + 6], a[i + 9], a[i + 13]
  local r = K .. 'r' .. id
  if call('EXISTS', r) == 1 then return existing(K, id, token) end
  local caller = number_of(K, a[i + 3])
  if idem ~= '' then
    local key = K .. 'i' .. caller .. ':' .. idem
    local first = call('GET', key)
    if first then return existing(K, first, '') end
    call('SET', key, id)
  end
  local h = { 's', 'S', 'd', dir, 'c', caller, 'p', a[i + 4], 'o', number_of(K, a[i + 5]), 't', at, 'D', a[i + 7],
              'j', a[i + 11], 'l', a[i + 10], '0', 's|' .. at .. '|0|' }
  local n = #h
  if a[i + 8] ~= '' then h[n + 1], h[n + 2] = 'm', a[i + 8]; n = n + 2 end
  if idem ~= '' then h[n + 1], h[n + 2] = 'k', idem; n = n + 2 end
  local reply
  if a[i + 12] ~= '' then
    h[2] = 'R'
    h[n + 1], h[n + 2], h[n + 3], h[n + 4], h[n + 5], h[n + 6] = 'n', '1', 'w', a[i + 12], 'T', token
    h[n + 7], h[n + 8], h[n + 9], h[n + 10] = '1', 'l|' .. at .. '|1|' .. string.sub(a[i + 12], 1, 32), 'q', '2'
    call('ZADD', K .. 'z' .. dir .. 'R', at + a[i + 14], id)
    reply = 'NR11'
  else
    h[n + 1], h[n + 2] = 'q', '1'
    call('ZADD', K .. 'z' .. dir .. 'S', at, id)
    reply = 'NS00'
  end
  call('HSET', r, unpack(h))
  call('ZADD', K .. 'dl', a[i + 7], id)
  return reply
end

local function enter(K, id, dir, state, order, at)
  call('ZADD', K .. 'z' .. dir .. state, order, id)
  if not OPEN[state] then call('ZREM', K .. 'dl', id) end
  if not TERMINAL[state] then return end
  call('HINCRBY', K .. 'cnt', dir .. state, 1)
  call('ZADD', K .. 'gone', at, id)
  call('ZREMRANGEBYRANK', K .. 'z' .. dir .. state, 0, -LISTED - 1)
end

local function transition(K, a, i)
  local id, event, at = a[i + 1], a[i + 2], a[i + 3]
  local r = K .. 'r' .. id
  local h = call('HMGET', r, 's', 'd', 'n', 'T', 'q', 'c')
  local state, dir = h[1], h[2]
  if not state then return 'FS00' end
  local attempt = h[3] or '0'
  local to = NEXT[dir .. state .. event]
  if not to then return 'B' .. state .. '0' .. attempt end
  if to == '=' then return 'L' .. state .. '0' .. attempt end
  if a[i + 5] ~= '' and (state ~= 'R' or attempt ~= a[i + 4] or h[4] ~= a[i + 5]) then
    return 'T' .. state .. '0' .. attempt
  end
  local location, outcome = a[i + 6], a[i + 7]
  local q = tonumber(h[5])
  local set = { 's', to, 'q', q + 1, step_field(q),
                event .. '|' .. at .. '|' .. attempt .. '|' .. string.sub(outcome, 1, 32) }
  local n = 6
  if location ~= '' then set[n + 1], set[n + 2] = 'a', location; n = n + 2 end
  if outcome ~= '' then set[n + 1], set[n + 2] = 'u', outcome; n = n + 2 end
  if event == 'r' then set[n + 1], set[n + 2] = 'n', '0'; attempt = '0' end
  call('HSET', r, unpack(set))
  call('ZREM', K .. 'z' .. dir .. state, id)
  enter(K, id, dir, to, to == 'W' and a[i + 8] or at, at)
  if dir == 'o' then
    if to == 'A' then call('ZADD', K .. 'u' .. h[6], at, id)
    elseif to == 'V' then call('ZREM', K .. 'u' .. h[6], id) end
  end
  return 'A' .. to .. '0' .. attempt
end

-- expected, applied ('' for none), retention, then the changes: "N" and 14 arguments, or "T" and 8
local function apply(keys, a)
  local K = keys[1]
  if tonumber(call('GET', K .. 'applied') or '0') < tonumber(a[1]) then
    return redis.error_reply('OLDER the server came back with older data')
  end
  local replies, at = {}, 0
  local i, n = 4, #a
  while i <= n do
    if a[i] == 'N' then
      at = a[i + 6]
      replies[#replies + 1] = create(K, a, i)
      i = i + 15
    else
      at = a[i + 3]
      replies[#replies + 1] = transition(K, a, i)
      i = i + 9
    end
  end
  if a[2] ~= '' and tonumber(a[2]) > tonumber(call('GET', K .. 'applied') or '0') then
    call('SET', K .. 'applied', a[2])
  end
  forget_old(K, at - a[3])
  return replies
end

local function take(K, id, from, worker, token, ends, now)
  local r = K .. 'r' .. id
  local h = call('HMGET', r, 'n', 'q', 'l', 'o', 'c', 'p', 'D')
  local attempt, q = tonumber(h[1] or '0') + 1, tonumber(h[2])
  call('HSET', r, 's', 'R', 'n', attempt, 'w', worker, 'T', token, 'q', q + 1, step_field(q),
       'l|' .. now .. '|' .. attempt .. '|' .. string.sub(worker, 1, 32))
  if from ~= 'R' then call('ZREM', K .. 'zi' .. from, id) end
  call('ZADD', K .. 'ziR', ends, id)
  return { id, tostring(attempt), h[3] or '', call('HGET', K .. 'N', h[4]), call('HGET', K .. 'N', h[5]), h[6], h[7] }
end

-- worker, token, lease_ms, max, now
local function lease(keys, a)
  local K, left, now = keys[1], tonumber(a[4]), a[5]
  local taken = {}
  local sources = { { 'R', now }, { 'W', now }, { 'S', '+inf' } }
  for _, source in ipairs(sources) do
    if left == 0 then break end
    local ids = call('ZRANGEBYSCORE', K .. 'zi' .. source[1], '-inf', source[2], 'LIMIT', 0, left)
    for _, id in ipairs(ids) do
      taken[#taken + 1] = take(K, id, source[1], a[1], a[2], now + a[3], now)
    end
    left = left - #ids
  end
  return taken
end

-- ends, then id, attempt, token of each lease
local function renew(keys, a)
  local K, held = keys[1], {}
  for i = 2, #a, 3 do
    local h = call('HMGET', K .. 'r' .. a[i], 's', 'n', 'T')
    local mine = h[1] == 'R' and h[2] == a[i + 1] and h[3] == a[i + 2]
    if mine then call('ZADD', K .. 'ziR', a[1], a[i]) end
    held[#held + 1] = mine and 1 or 0
  end
  return held
end

-- worker prefix, offset: ends the leases of 1,024 running requests
local function release(keys, a)
  local K, released = keys[1], 0
  local ids = call('ZRANGE', K .. 'ziR', a[2], a[2] + 1023)
  for _, id in ipairs(ids) do
    local worker = call('HGET', K .. 'r' .. id, 'w') or ''
    if string.sub(worker, 1, #a[1]) == a[1] then
      call('ZADD', K .. 'ziR', 0, id)
      released = released + 1
    end
  end
  return { released, #ids }
end

-- now, max
local function due(keys, a)
  local K, found = keys[1], {}
  for _, id in ipairs(call('ZRANGEBYSCORE', K .. 'dl', '-inf', a[1], 'LIMIT', 0, a[2])) do
    local h = call('HMGET', K .. 'r' .. id, 'd', 's', 'l')
    found[#found + 1] = { id, h[1], h[2], h[3] or '' }
  end
  return found
end

-- caller, key, id (16 bytes, or '' when the key is no UUID) of each question
local function find(keys, a)
  local K, found = keys[1], {}
  for i = 1, #a, 3 do
    local caller = call('HGET', K .. 'n', a[i])
    local id, by_key = false, false
    if caller then
      id = call('GET', K .. 'i' .. caller .. ':' .. a[i + 1])
      by_key = id ~= false
      if not id and a[i + 2] ~= '' then id = a[i + 2] end
    end
    local h = id and call('HMGET', K .. 'r' .. id, 's', 'd', 'c', 'k', 'm', 'l', 'a', 'u', 'j')
    -- A request that came under another key cannot be asked for under its id.
    if h and h[1] and h[2] == 'o' and h[3] == caller and (by_key or not h[4]) then
      found[#found + 1] = { id, h[1], h[5] or '', h[6] or '', h[7] or '', h[8] or '', h[9] or '0' }
    else
      found[#found + 1] = {}
    end
  end
  return found
end

local function get(keys, a)
  local K = keys[1]
  local h = call('HGETALL', K .. 'r' .. a[1])
  for i = 1, #h, 2 do
    if h[i] == 'c' or h[i] == 'o' then h[i + 1] = call('HGET', K .. 'N', h[i + 1]) end
  end
  return h
end

-- The rank behind a member that was at `score`, also when it has gone since.
local function behind(set, score, id)
  if id == '' then return 0 end
  local now = call('ZSCORE', set, id)
  if now and tonumber(now) == tonumber(score) then return call('ZRANK', set, id) + 1 end
  return call('ZCOUNT', set, '-inf', '(' .. score)
end

-- set ("z<d><s>"), score and id of the last one seen, max
local function list(keys, a)
  local set = keys[1] .. a[1]
  local from = behind(set, a[2], a[3])
  return call('ZRANGE', set, from, from + a[4] - 1, 'WITHSCORES')
end

-- caller, score and id of the last one seen, max
local function undelivered(keys, a)
  local K = keys[1]
  local caller = call('HGET', K .. 'n', a[1])
  if not caller then return {} end
  local set = K .. 'u' .. caller
  local from = behind(set, a[2], a[3])
  local found = {}
  local rows = call('ZRANGE', set, from, from + a[4] - 1, 'WITHSCORES')
  for i = 1, #rows, 2 do
    local h = call('HMGET', K .. 'r' .. rows[i], 'a', 'u')
    found[#found + 1] = { rows[i], rows[i + 1], h[1] or '', h[2] or '' }
  end
  return found
end

local function register(name, f)
  redis.register_function(name, function(keys, a)
    call = redis.call
    return f(keys, a)
  end)
end

register('cy_apply', apply)
register('cy_lease', lease)
register('cy_renew', renew)
register('cy_release', release)
register('cy_due', due)
register('cy_find', find)
register('cy_get', get)
register('cy_list', list)
register('cy_undelivered', undelivered)
