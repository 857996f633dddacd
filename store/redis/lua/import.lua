-- Creates an experiment, if a record is given and there is none, and merges clients, as
-- store.ClientState.Merge and store.ClientConversion.Merge do.
--
-- KEYS   1 record, 2 counts, 3 used buckets, then buckets, each followed by its bucket of totals
-- ARGV   1 generation of KEYS 2 and on, 2 number of ARGV that belong to a record, and if it is
--        not 0: 3 version, 4 JSON, 5 number of alternatives, 6 nonce, 7 number and 8 JSON of its
--        epoch, then numbers and JSON of earlier epochs; then of each client: the index in KEYS
--        of its bucket, the number of the bucket, the client, its value, day, and number of KPIs
--        it converted for, and of each of these: KPI, day, the day as in a client's value, number
--        of conversions, and total
-- reply  none: there is no such experiment
--        generation, generation: KEYS are of another generation
--        ok, numbers of clients added, of conversions added, and of known conversions that had
--        fewer events, and 1 if a record was given
--
-- A repeated call finds all clients known. A record is given with a generation of its own, by
-- which a repeated call recognizes it.

--#include client.lua
--#include totals.lua

local HALF = 4294967296 -- clients are in the upper half, conversions in the lower
local MANY = 256 -- conversions: more are counted apart, because a day's conversions must be below 2^32

local last = 2 + tonumber(ARGV[2]) -- the last of ARGV that belongs to the record
local generation = redis.call('HGET', KEYS[1], 'g')
if generation and generation ~= ARGV[1] then
  return { 'generation', generation }
elseif not generation and last == 2 then
  return { 'none' }
elseif not generation then
  remember(KEYS[1], KEYS[2], ARGV[1], 3, 4)
  for i = 9, last, 2 do
    redis.call('HSET', KEYS[2], 'E' .. ARGV[i], ARGV[i + 1])
  end
end

-- progress is the same as in store.ClientState.Merge.
local function progress(value)
  if not value then
    return 0
  elseif isout(value) then
    return 1
  end
  return participates(value) and 3 or 2
end

-- merge merges the conversion at a position of ARGV. It returns the client's value after that,
-- and 1 if the client had not converted, 2 if it had fewer events, else 0.
local function merge(totals, client, value, at)
  local index = redis.call('HGET', KEYS[1], 'k' .. ARGV[at])
  local day, events, total = ARGV[at + 1], tonumber(ARGV[at + 3]), ARGV[at + 4]
  local first, after, known, eventsat, nonceat
  if index then
    first, after, known, eventsat, nonceat = conversion(value, tonumber(index))
  end
  if first and known >= events then
    return value, 0
  end

  index = kpi(KEYS[1], ARGV[at], index)
  local alternative, epoch, cohort = choice(value)
  local before, converted = '0', 0
  cohort = dayat(value, cohort)
  if first then
    local _, second = varint(value, first)
    day = dayat(value, second)
    before = redis.call('HGET', totals, encode(index) .. client) or '0'
    value = string.sub(value, 1, eventsat - 1) .. encode(events) .. string.sub(value, nonceat)
  else
    known, converted = 0, 1
    value = value .. encode(index) .. ARGV[at + 2] .. encode(events) .. string.rep('\0', NONCE)
  end
  local kind, more = alternative .. ':' .. index .. ':', events - known
  if more > MANY then
    redis.call('HINCRBY', KEYS[2], 'b' .. kind .. day, string.format('%d', more))
    more = 0
  end
  redis.call('HINCRBY', KEYS[2], 'd' .. kind .. day, string.format('%d', converted * HALF + more))
  if total ~= before then
    redis.call('HSET', totals, encode(index) .. client, total)
  end
  credit(KEYS[2], 'v' .. kind .. epoch .. ':' .. cohort, 'w' .. kind .. day, converted, before, total)
  return value, converted == 1 and 1 or 2
end

local clients, done, at = 0, { [0] = 0, 0, 0 }, last + 1
while at <= #ARGV do
  local which, number, client = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
  local given, day, n = ARGV[at + 3], ARGV[at + 4], tonumber(ARGV[at + 5])
  at = at + 6
  local bucket, totals = KEYS[which], KEYS[which + 1]
  local is = redis.call('HGET', bucket, client)
  local value = is
  if progress(given) > progress(is) then
    count(KEYS[2], is, given, day)
    value = given
    clients = clients + 1
  end
  if participates(given) and choice(given) == choice(value) then
    for i = 0, n - 1 do
      local what
      value, what = merge(totals, client, value, at + 5 * i)
      done[what] = done[what] + 1
    end
  end
  at = at + 5 * n
  if value ~= is then
    put(KEYS[3], bucket, number, client, is, value)
  end
end
return { 'ok', clients, done[1], done[2], last > 2 and 1 or 0 }
