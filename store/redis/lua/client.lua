-- Clients and records, for scripts that include this.
--
-- A client's value is a sequence of varints: 0 if it is Out, otherwise the alternative plus 1,
-- doubled, plus 1 if it is only reserved; the epoch; the day. For each KPI that the client
-- converted for, there follow the index of the KPI, the day of the first conversion, the number
-- of conversions, and the 5 bytes of the last conversion's nonce.

-- varint returns the number at a position of s, and the position after it.
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

-- participates reports whether a client is neither Out nor reserved.
local function participates(value)
  local b = string.byte(value)
  return b ~= 0 and b % 2 == 0
end

-- choice returns the alternative and epoch of a client that is not Out, and the position of the
-- day in its value.
local function choice(value)
  local code, at = varint(value, 1)
  local epoch
  epoch, at = varint(value, at)
  return math.floor(code / 2) - 1, epoch, at
end

-- count counts a client whose value changes, as store.Counts.Move does. A new client had the
-- value false.
local function count(counts, from, to, day)
  if from and isout(from) then
    redis.call('HINCRBY', counts, 'x', -1)
  end
  if isout(to) then
    redis.call('HINCRBY', counts, 'x', 1)
  elseif participates(to) then
    local alternative, epoch = choice(to)
    redis.call('HINCRBY', counts, 'p' .. alternative .. ':' .. epoch .. ':' .. day, 1)
  end
end

-- put writes a client's value. The string used has a bit for each bucket that is not empty.
local function put(used, bucket, number, client, known, value)
  redis.call('HSET', bucket, client, value)
  if not known and redis.call('HLEN', bucket) == 1 then
    redis.call('SETBIT', used, number, 1)
  end
end

-- stale answers a caller that knows another version of the record.
local function stale(record, known)
  return { 'stale', known or '', redis.call('HGETALL', record) }
end

-- remember writes a record in a generation. ARGV has its version at one position and, from
-- another on, its JSON, number of alternatives, nonce, and the number and JSON of its epoch.
local function remember(record, counts, generation, version, at)
  local state = ARGV[version] .. ' ' .. generation .. ' ' .. ARGV[at + 1]
  redis.call('HSET', record, 't', state, 'v', ARGV[version], 'g', generation, 'j', ARGV[at], 'o', ARGV[at + 2])
  redis.call('HSET', counts, 'E' .. ARGV[at + 3], ARGV[at + 4])
end
