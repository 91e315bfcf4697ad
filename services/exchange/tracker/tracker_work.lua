-- Follows tracker_apply.lua, which says what the keys are: leases, and what is asked of the tracker.

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
