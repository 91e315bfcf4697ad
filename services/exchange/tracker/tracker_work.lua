-- Follows tracker_apply.lua, which says what the keys are: leases, and what is asked of the tracker.

local function take(K, id, from, worker, token, ends, now)
  local r = K .. 'r' .. id
  local h = call('HMGET', r, 'x', 'f', 'l')
  local _, q, attempts = changing(h[1])
  local _, caller, peer, operation, _, deadline = fixed(h[2])
  local attempt = attempts + 1
  call('HSET', r, 'x', to_x('R', q + 1, attempt, token), 'w', worker, step_field(q),
       'l|' .. now .. '|' .. attempt .. '|' .. string.sub(worker, 1, 32))
  if from ~= 'R' then call('ZREM', K .. 'zi' .. from, id) end
  call('ZADD', K .. 'ziR', ends, id)
  return { id, tostring(attempt), h[3] or '', call('HGET', K .. 'N', operation), call('HGET', K .. 'N', caller), peer,
           deadline }
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
    local x = call('HGET', K .. 'r' .. a[i], 'x')
    local state, attempts, token, _
    if x then state, _, attempts, token = changing(x) end
    local mine = state == 'R' and attempts == a[i + 1] and token == a[i + 2]
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
    local h = call('HMGET', K .. 'r' .. id, 'x', 'f', 'l')
    found[#found + 1] = { id, string.sub(h[2], 1, 1), string.sub(h[1], 1, 1), h[3] or '' }
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
    local h = id and call('HMGET', K .. 'r' .. id, 'x', 'f', 'k', 'm', 'l', 'a', 'u')
    local dir, owner, index, _
    if h and h[1] then dir, owner, _, _, _, _, index = fixed(h[2]) end
    -- A request that came under another key cannot be asked for under its id.
    if dir == 'o' and owner == caller and (by_key or not h[3]) then
      found[#found + 1] = { id, string.sub(h[1], 1, 1), h[4] or '', h[5] or '', h[6] or '', h[7] or '', index }
    else
      found[#found + 1] = {}
    end
  end
  return found
end

-- Field names and values; x and f by their parts: s state, q steps, n attempts, d direction, c caller, p peer region,
-- o operation, t submitted, D deadline, j journal index.
local function get(keys, a)
  local K = keys[1]
  local h = call('HGETALL', K .. 'r' .. a[1])
  if #h == 0 then return h end
  local list, n = {}, 0
  local function add(name, value)
    list[n + 1], list[n + 2] = name, value
    n = n + 2
  end
  for i = 1, #h, 2 do
    if h[i] == 'x' then
      local state, steps, attempts = changing(h[i + 1])
      add('s', state)
      add('q', tostring(steps))
      add('n', attempts)
    elseif h[i] == 'f' then
      local dir, caller, peer, operation, submitted, deadline, index = fixed(h[i + 1])
      add('d', dir)
      add('c', call('HGET', K .. 'N', caller))
      add('p', peer)
      add('o', call('HGET', K .. 'N', operation))
      add('t', submitted)
      add('D', deadline)
      add('j', index)
    else
      add(h[i], h[i + 1])
    end
  end
  return list
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
