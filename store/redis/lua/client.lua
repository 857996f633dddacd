-- Clients and records: what several scripts need and include.
--
-- A client's value is, in varints: 0 if it is out, else twice (its alternative
-- + 1), plus 1 while that is only reserved; the epoch; the day. For each KPI it
-- converted there follow the KPI's index, the day of the first conversion, the
-- number of conversions, and the 5 bytes of the last one's nonce.

-- varint returns the number at a place of s, and the place after it.
local function varint(s, at)
  local n, unit = 0, 1
  while true do
    local b = string.byte(s, at)
    at = at + 1
    if b < 128 then
      return n + b * unit, at
    end
    n = n + (b - 128) * unit
    unit = unit * 128
  end
end

local function isout(value)
  return string.byte(value) == 0
end

-- participates tells whether a value is of a client that takes part: neither
-- out nor reserved.
local function participates(value)
  local b = string.byte(value)
  return b ~= 0 and b % 2 == 0
end

-- choice returns the alternative and epoch of a client that is not out, and
-- where in its value the day is.
local function choice(value)
  local code, at = varint(value, 1)
  local epoch
  epoch, at = varint(value, at)
  return math.floor(code / 2) - 1, epoch, at
end

-- count counts a client that was known as one value, or false, and is another.
local function count(counts, known, value, day)
  if known and isout(known) then
    redis.call('HINCRBY', counts, 'x', -1)
  end
  if isout(value) then
    redis.call('HINCRBY', counts, 'x', 1)
  elseif participates(value) then
    local alternative, epoch = choice(value)
    redis.call('HINCRBY', counts, 'p' .. alternative .. ':' .. epoch .. ':' .. day, 1)
  end
end

-- put keeps a client's value; used has a bit for each bucket that is not empty.
local function put(used, bucket, number, client, known, value)
  redis.call('HSET', bucket, client, value)
  if not known and redis.call('HLEN', bucket) == 1 then
    redis.call('SETBIT', used, number, 1)
  end
end

-- stale answers a caller who knows another version of the record.
local function stale(record, known)
  return { 'stale', known or '', redis.call('HGETALL', record) }
end

-- remember keeps a record in a generation. Its version is in ARGV at a place, and
-- from another one on are its JSON, number of alternatives, the caller's nonce,
-- and its epoch's number and JSON.
local function remember(record, counts, generation, version, at)
  local state = ARGV[version] .. ' ' .. generation .. ' ' .. ARGV[at + 1]
  redis.call('HSET', record, 't', state, 'v', ARGV[version], 'g', generation, 'j', ARGV[at], 'o', ARGV[at + 2])
  redis.call('HSET', counts, 'E' .. ARGV[at + 3], ARGV[at + 4])
end
