-- Conversions and totals, for scripts that include this after client.lua.
--
-- Lua's numbers are doubles, which are exact up to 2^53. Larger numbers are text, or limbs to the
-- base 10^7, whose products and sums are exact.

local BASE = 10000000
local NONCE = 5
local MINUS = 45 -- its byte
local FIRST_DAY = 18262 -- as in a client's value

local function encode(n)
  local s = ''
  while n >= 128 do
    s = s .. string.char(n % 128 + 128)
    n = math.floor(n / 128)
  end
  return s .. string.char(n)
end

-- dayat returns the day at a position of a client's value.
local function dayat(value, at)
  local n = varint(value, at)
  return FIRST_DAY + (n % 2 == 0 and n / 2 or -(n + 1) / 2)
end

-- conversion finds the conversion for a KPI in a client's value. It returns the positions of
-- its start and end, the number of conversions, and the positions of that number and of the
-- nonce; or nil if the client did not convert for the KPI.
local function conversion(value, kpi)
  local _, _, at = choice(value)
  _, at = varint(value, at)
  while at <= #value do
    local first = at
    local index, events, eventsat
    index, at = varint(value, at)
    _, at = varint(value, at)
    eventsat = at
    events, at = varint(value, at)
    if index == kpi then
      return first, at + NONCE, events, eventsat, at
    end
    at = at + NONCE
  end
  return nil
end

-- kpi returns the index of a KPI. If known, its index in the record, is false, it adds the KPI
-- with the measure, unless that is nil or empty.
local function kpi(record, name, known, measure)
  if known then
    return tonumber(known)
  end
  local index = redis.call('HINCRBY', record, 'n', 1) - 1
  redis.call('HSET', record, 'k' .. name, index)
  if measure and measure ~= '' then
    redis.call('HSET', record, 'm' .. name, measure)
  end
  return index
end

-- limbs returns the limbs of an integer of up to 19 digits, each with its sign.
local function limbs(text)
  local sign = 1
  if string.sub(text, 1, 1) == '-' then
    sign, text = -1, string.sub(text, 2)
  end
  local function limb(from, to)
    return sign * (tonumber(string.sub(text, from, to)) or 0)
  end
  return { limb(-7, -1), limb(-14, -8), limb(-21, -15) }
end

-- carry brings all limbs but the last into the range 0..BASE-1.
local function carry(x)
  for i = 1, #x - 1 do
    local over = math.floor(x[i] / BASE)
    x[i] = x[i] - over * BASE
    x[i + 1] = x[i + 1] + over
  end
  return x
end

-- text returns the integer that has some limbs.
local function text(x)
  local sign = ''
  if carry(x)[#x] < 0 then
    sign = '-'
    for i = 1, #x do
      x[i] = -x[i]
    end
    carry(x)
  end
  local top = #x
  while top > 1 and x[top] == 0 do
    top = top - 1
  end
  local s = sign .. string.format('%d', x[top])
  for i = top - 1, 1, -1 do
    s = s .. string.format('%07d', x[i])
  end
  return s
end

-- add returns the sum of two integers as text, or nil if it is not within ±(2^63 - 1).
local function add(a, b)
  local x, y = limbs(a), limbs(b)
  local sum = text({ x[1] + y[1], x[2] + y[2], x[3] + y[3] })
  local digits = string.gsub(sum, '-', '')
  if #digits > 19 or #digits == 19 and digits > '9223372036854775807' then
    return nil
  end
  return sum
end

-- plus returns the sum of two integers of any size as text. The first two cases are for speed.
local function plus(a, b)
  if #a < 16 and #b < 16 then
    return string.format('%d', a + b)
  elseif #a <= 28 and #b <= 28 and string.byte(a) ~= MINUS and string.byte(b) ~= MINUS then
    local high = (tonumber(string.sub(a, 1, -15)) or 0) + (tonumber(string.sub(b, 1, -15)) or 0)
    local low = tonumber(string.sub(a, -14)) + tonumber(string.sub(b, -14))
    if low >= BASE * BASE then
      high, low = high + 1, low - BASE * BASE
    end
    if high > 0 then
      return string.format('%d%014d', high, low)
    end
    return string.format('%d', low)
  end
  local sum = { 0 }
  for _, s in ipairs({ a, b }) do
    local sign = 1
    if string.sub(s, 1, 1) == '-' then
      sign, s = -1, string.sub(s, 2)
    end
    local i = 1
    for last = #s, 1, -7 do
      sum[i] = sum[i] + sign * tonumber(string.sub(s, math.max(last - 6, 1), last))
      i = i + 1
      sum[i] = sum[i] or 0
    end
  end
  return text(sum)
end

-- difference returns a - b as text.
local function difference(a, b)
  if b == '0' then
    return a
  elseif string.sub(b, 1, 1) == '-' then
    return plus(a, string.sub(b, 2))
  end
  return plus(a, '-' .. b)
end

-- squares returns a^2 - b^2 as text. The first two cases are for speed.
local function squares(a, b)
  local x, y = math.abs(a), math.abs(b)
  if x < 9e7 and y < 9e7 then
    return string.format('%d', x * x - y * y)
  elseif x < 1e14 and y < 1e14 then
    if x < y then
      return '-' .. squares(b, a)
    end
    local x1, y1 = x % BASE, y % BASE
    local x2, y2 = (x - x1) / BASE, (y - y1) / BASE
    local low, middle, high = x1 * x1 - y1 * y1, 2 * (x1 * x2 - y1 * y2), x2 * x2 - y2 * y2
    local over = math.floor(low / BASE)
    low, middle = low - over * BASE, middle + over
    over = math.floor(middle / BASE)
    middle, high = middle - over * BASE, high + over
    if high > 0 then
      return string.format('%d%07d%07d', high, middle, low)
    end
    return string.format('%d', middle * BASE + low)
  end
  x, y = limbs(a), limbs(b)
  return text({
    x[1] * x[1] - y[1] * y[1],
    2 * (x[1] * x[2] - y[1] * y[2]),
    2 * (x[1] * x[3] - y[1] * y[3]) + x[2] * x[2] - y[2] * y[2],
    2 * (x[2] * x[3] - y[2] * y[3]),
    x[3] * x[3] - y[3] * y[3],
  })
end

-- raised returns a row of sums, or a new one if it is nil, after an addition.
local function raised(row, converted, nonzero, sum, square)
  if not row then
    return converted .. ' ' .. nonzero .. ' ' .. sum .. ' ' .. square
  end
  local c, n, s, q = string.match(row, '(%S+) (%S+) (%S+) (%S+)')
  return string.format('%d %d %s %s', c + converted, n + nonzero, plus(s, sum), plus(q, square))
end

-- credit counts that a client has converted for the first time (converted is 1, otherwise 0), and
-- that its total has changed. It updates the rows of the client's cohort and of the day.
local function credit(counts, cohort, day, converted, before, after)
  if before == after then
    if converted == 1 then
      redis.call('HSET', counts, cohort, raised(redis.call('HGET', counts, cohort), 1, 0, '0', '0'))
    end
    return
  end
  local nonzero = 0
  if before == '0' then
    nonzero = 1
  elseif after == '0' then
    nonzero = -1
  end
  local sum, square = difference(after, before), squares(after, before)
  local rows = redis.call('HMGET', counts, cohort, day)
  redis.call('HSET', counts, cohort, raised(rows[1], converted, nonzero, sum, square),
    day, raised(rows[2], 0, nonzero, sum, square))
end
