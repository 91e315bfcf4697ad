-- The server side of tracker.h. Every function gets one key, the prefix of all keys of a shard ("{cy<shard>}2:"),
-- so that they all live in one slot of a Redis Cluster.
--
--   r<id>      hash of one request (id: the 16 bytes of its UUID); every value at most 64 bytes, so that Redis
--              keeps the compact encoding. Redis looks for a field from the front, so what is always needed is
--              together in the first two:
--                x what changes: "<state>|<number of steps>|<attempts>|<lease token>"
--                f what does not: "<direction>|<caller>|<peer region>|<operation>|<submitted>|<deadline>|<journal
--                  index>"
--                l location  m body mac  k idempotency key  w worker  a answer location  u outcome
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
local FORGOTTEN_AT_ONCE, ARGUMENTS = 64, 2000

-- What a batch does to the sorted sets and counters. A call into Redis costs more than the change itself, so
-- each set is changed once a batch: key -> id -> score, or false to remove it. The last word on an id counts.
local sets, counts, numbers

local function begin()
  sets, counts, numbers = {}, {}, {}
end

local function put(key, id, score)
  local set = sets[key]
  if not set then set = {}; sets[key] = set end
  set[id] = score
end

local function call_in_parts(command, key, list)
  for first = 1, #list, ARGUMENTS do
    call(command, key, unpack(list, first, math.min(first + ARGUMENTS - 1, #list)))
  end
end

-- Terminal sets ("z<d>" and one of VCEJ) list only the newest.
local function trim(K, key)
  if string.find(string.sub(key, #K + 1), '^z.[VCEJ]$') then
    call('ZREMRANGEBYRANK', key, 0, -LISTED - 1)
  end
end

local function commit(K)
  for key, set in pairs(sets) do
    local added, removed = {}, {}
    for id, score in pairs(set) do
      if score then
        added[#added + 1] = score
        added[#added + 1] = id
      else
        removed[#removed + 1] = id
      end
    end
    call_in_parts('ZREM', key, removed)
    call_in_parts('ZADD', key, added)
    if #added > 0 then trim(K, key) end
  end
  for field, by in pairs(counts) do call('HINCRBY', K .. 'cnt', field, by) end
end

local function number_of(K, name)
  local n = numbers[name]
  if n then return n end
  n = call('HGET', K .. 'n', name)
  if not n then
    n = tostring(call('HLEN', K .. 'n') + 1)
    call('HSET', K .. 'n', name, n)
    call('HSET', K .. 'N', n, name)
  end
  numbers[name] = n
  return n
end

local function step_field(q)
  if q < KEPT_FIRST then return q end
  return KEPT_FIRST + (q - KEPT_FIRST) % KEPT_LAST
end

-- state, steps (number), attempts, token
local function changing(x)
  local state, steps, attempts, token = string.match(x, '^(.)|(%d+)|(%d+)|(%d*)$')
  return state, tonumber(steps), attempts, token
end

local function to_x(state, steps, attempts, token)
  return state .. '|' .. steps .. '|' .. attempts .. '|' .. token
end

-- direction, caller, peer region, operation, submitted, deadline, journal index
local function fixed(f)
  return string.match(f, '^(.)|(%d+)|([^|]*)|(%d+)|(%-?%d+)|(%-?%d+)|(%d+)$')
end

local function forget(K, id)
  local h = call('HMGET', K .. 'r' .. id, 'x', 'f', 'k')
  if not h[1] then return end
  local dir, caller = fixed(h[2])
  call('DEL', K .. 'r' .. id)
  call('ZREM', K .. 'z' .. dir .. string.sub(h[1], 1, 1), id)
  if h[3] then call('DEL', K .. 'i' .. caller .. ':' .. h[3]) end
end

-- A few at a time, with every batch: never a long pause.
local function forget_old(K, before)
  local old = call('ZRANGEBYSCORE', K .. 'gone', '-inf', before, 'LIMIT', 0, FORGOTTEN_AT_ONCE)
  for _, id in ipairs(old) do
    forget(K, id)
    call('ZREM', K .. 'gone', id)
  end
end

local function existing(K, id, token)
  local h = call('HMGET', K .. 'r' .. id, 'x', 'm', 'l', 'a')
  local state, _, attempts, holder = changing(h[1])
  local leased = (state == 'R' and token ~= '' and holder == token) and '1' or '0'
  return { 'X' .. state .. leased .. attempts, id, h[2] or '', h[3] or '', h[4] or '' }
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
  local f = dir .. '|' .. caller .. '|' .. a[i + 4] .. '|' .. number_of(K, a[i + 5]) .. '|' .. at .. '|' .. a[i + 7] ..
            '|' .. a[i + 11]
  local h = { 'x', 'S|1|0|', 'f', f, 'l', a[i + 10], '0', 's|' .. at .. '|0|' }
  local n = 8
  if a[i + 8] ~= '' then h[n + 1], h[n + 2] = 'm', a[i + 8]; n = n + 2 end
  if idem ~= '' then h[n + 1], h[n + 2] = 'k', idem; n = n + 2 end
  local reply
  if a[i + 12] ~= '' then
    h[2] = 'R|2|1|' .. token
    h[n + 1], h[n + 2] = 'w', a[i + 12]
    h[n + 3], h[n + 4] = '1', 'l|' .. at .. '|1|' .. string.sub(a[i + 12], 1, 32)
    put(K .. 'z' .. dir .. 'R', id, at + a[i + 14])
    reply = 'NR11'
  else
    put(K .. 'z' .. dir .. 'S', id, at)
    reply = 'NS00'
  end
  call('HSET', r, unpack(h))
  put(K .. 'dl', id, a[i + 7])
  return reply
end

local function enter(K, id, dir, state, order, at)
  put(K .. 'z' .. dir .. state, id, order)
  if not OPEN[state] then put(K .. 'dl', id, false) end
  if not TERMINAL[state] then return end
  counts[dir .. state] = (counts[dir .. state] or 0) + 1
  put(K .. 'gone', id, at)
end

local function transition(K, a, i)
  local id, event, at = a[i + 1], a[i + 2], a[i + 3]
  local r = K .. 'r' .. id
  local h = call('HMGET', r, 'x', 'f')
  if not h[1] then return 'FS00' end
  local state, q, attempt, token = changing(h[1])
  local dir = string.sub(h[2], 1, 1)
  local to = NEXT[dir .. state .. event]
  if not to then return 'B' .. state .. '0' .. attempt end
  if to == '=' then return 'L' .. state .. '0' .. attempt end
  if a[i + 5] ~= '' and (state ~= 'R' or attempt ~= a[i + 4] or token ~= a[i + 5]) then
    return 'T' .. state .. '0' .. attempt
  end
  local location, outcome = a[i + 6], a[i + 7]
  local set = { 'x', to_x(to, q + 1, event == 'r' and '0' or attempt, token), step_field(q),
                event .. '|' .. at .. '|' .. attempt .. '|' .. string.sub(outcome, 1, 32) }
  local n = 4
  if location ~= '' then set[n + 1], set[n + 2] = 'a', location; n = n + 2 end
  if outcome ~= '' then set[n + 1], set[n + 2] = 'u', outcome; n = n + 2 end
  if event == 'r' then attempt = '0' end
  call('HSET', r, unpack(set))
  put(K .. 'z' .. dir .. state, id, false)
  enter(K, id, dir, to, to == 'W' and a[i + 8] or at, at)
  if dir == 'o' and (to == 'A' or to == 'V') then
    local _, caller = fixed(h[2])
    put(K .. 'u' .. caller, id, to == 'A' and at)
  end
  return 'A' .. to .. '0' .. attempt
end

-- expected, applied ('' for none), retention, then the changes: "N" and 14 arguments, or "T" and 8
local function apply(keys, a)
  local K = keys[1]
  if tonumber(call('GET', K .. 'applied') or '0') < tonumber(a[1]) then
    return redis.error_reply('OLDER the server came back with older data')
  end
  begin()
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
  commit(K)
  forget_old(K, at - a[3])
  return replies
end
