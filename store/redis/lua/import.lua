-- Merges clients from elsewhere.
--
-- KEYS   1 record, 2 counts, 3 used buckets, then buckets, each followed by its
--        bucket of totals
-- ARGV   1 generation of KEYS 2 and on, then of each client: which of KEYS its
--        bucket is, the number of that bucket, the client, its value, day, and
--        number of conversions, and of each of these: KPI, day, what a client's
--        value has from the day to the nonce, what is to be added to the
--        day's conversions and to those in bulk, total, its upper and lower 32
--        bits
-- reply  none: there is no such experiment
--        generation, which: KEYS are of another one
--        ok, number of clients taken, number of conversions taken
--
-- A repetition finds all clients known.

-- include client.lua
-- include totals.lua

local generation = redis.call('HGET', KEYS[1], 'g')
if not generation then
  return { 'none' }
elseif generation ~= ARGV[1] then
  return { 'generation', generation }
end

-- merge takes the conversion at a place of ARGV if the client did not convert
-- for its KPI, and returns the client's value then.
local function merge(totals, client, value, at)
  local kpi = redis.call('HGET', KEYS[1], 'k' .. ARGV[at])
  if kpi and conversion(value, tonumber(kpi)) then
    return nil
  end
  local index = learn(KEYS[1], ARGV[at], kpi)
  local alternative, epoch = choice(value)
  local sums = 's' .. alternative .. ':' .. index .. ':' .. epoch .. ':'
  local day = alternative .. ':' .. index .. ':' .. ARGV[at + 1]
  redis.call('HINCRBY', KEYS[2], 'c' .. day, ARGV[at + 3])
  if ARGV[at + 4] ~= '0' then
    redis.call('HINCRBY', KEYS[2], 'o' .. day, ARGV[at + 4])
  end
  redis.call('HINCRBY', KEYS[2], sums .. 'c', 1)
  if ARGV[at + 5] ~= '0' then
    redis.call('HSET', totals, encode(index) .. client, ARGV[at + 5])
    raise(KEYS[2], sums, '0', ARGV[at + 5], ARGV[at + 6], ARGV[at + 7])
  end
  return value .. encode(index) .. ARGV[at + 2]
end

local clients, conversions, at = 0, 0, 2
while at <= #ARGV do
  local which, number, client = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
  local given, day, n = ARGV[at + 3], ARGV[at + 4], tonumber(ARGV[at + 5])
  at = at + 6
  local bucket, totals = KEYS[which], KEYS[which + 1]
  local is = redis.call('HGET', bucket, client)
  local value = is
  if not is or not participates(is) and participates(given) then
    count(KEYS[2], is, given, day)
    value = given
    clients = clients + 1
  end
  if participates(given) and choice(given) == choice(value) then
    for i = 0, n - 1 do
      local more = merge(totals, client, value, at + 8 * i)
      if more then
        value = more
        conversions = conversions + 1
      end
    end
  end
  at = at + 8 * n
  if value ~= is then
    put(KEYS[3], bucket, number, client, is, value)
  end
end
return { 'ok', clients, conversions }
