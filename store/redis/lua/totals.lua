-- Conversions and totals: what several scripts need and include, after client.lua.
--
-- Numbers are doubles here, exact to 2^53. What may be larger is text, or has
-- limbs to the base of 10^7, whose products and their sums are exact.

local BASE = 10000000
local NONCE = 5

local function encode(n)
  local s = ''
  while n >= 128 do
    s = s .. string.char(n % 128 + 128)
    n = math.floor(n / 128)
  end
  return s .. string.char(n)
end

-- conversion finds what a client did for a KPI: where in its value that begins
-- and ends, the number of conversions, and where that and the nonce are. It
-- returns nil if the client did not convert.
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

-- learn returns the index of a KPI, a new one if known, what the record has of
-- it, is false.
local function learn(record, kpi, known)
  if known then
    return tonumber(known)
  end
  local index = redis.call('HINCRBY', record, 'n', 1) - 1
  redis.call('HSET', record, 'k' .. kpi, index)
  return index
end

-- limbs returns those of a whole number of up to 19 digits, all with its sign.
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

-- carry makes all limbs but the last one 0..BASE-1.
local function carry(x)
  for i = 1, #x - 1 do
    local over = math.floor(x[i] / BASE)
    x[i] = x[i] - over * BASE
    x[i + 1] = x[i + 1] + over
  end
  return x
end

-- add returns the sum of two whole numbers as text, or nil if that is beyond
-- ±(2^63 - 1).
local function add(a, b)
  local x, y = limbs(a), limbs(b)
  local sum = carry({ x[1] + y[1], x[2] + y[2], x[3] + y[3] })
  local sign = ''
  if sum[3] < 0 then
    sign, sum = '-', carry({ -sum[1], -sum[2], -sum[3] })
  end
  local low, middle, high = sum[1], sum[2], sum[3]
  if high > 92233 or high == 92233 and (middle > 7203685 or middle == 7203685 and low > 4775807) then
    return nil
  end
  if high > 0 then
    return sign .. string.format('%d%07d%07d', high, middle, low)
  elseif middle > 0 then
    return sign .. string.format('%d%07d', middle, low)
  end
  return sign .. string.format('%d', low)
end

local function square(text)
  local x = limbs(text)
  return {
    x[1] * x[1], 2 * x[1] * x[2], 2 * x[1] * x[3] + x[2] * x[2], 2 * x[2] * x[3], x[3] * x[3],
  }
end

-- raise changes the sums of an alternative, KPI and epoch as one client's total
-- grows from before to after. The difference comes in two halves, as its caller
-- has it anyway.
local function raise(counts, sums, before, after, high, low)
  local function by(what, n)
    if n ~= 0 and n ~= '0' then
      redis.call('HINCRBY', counts, sums .. what, n)
    end
  end
  if before == '0' and after ~= '0' then
    by('n', 1)
  elseif before ~= '0' and after == '0' then
    by('n', -1)
  end
  by('h', high)
  by('l', low)
  local was, is = square(before), square(after)
  for i = 1, 5 do
    is[i] = is[i] - was[i]
  end
  for i, limb in ipairs(carry(is)) do
    by(i, string.format('%d', limb))
  end
end
