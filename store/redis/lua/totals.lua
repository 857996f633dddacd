-- Conversions and totals, for scripts that include this after client.lua.
--
-- Lua's numbers are doubles, which are exact up to 2^53. Larger numbers are text, or limbs to the
-- base 10^7, whose products and sums are exact.

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

-- add returns the sum of two integers as text, or nil if it is not within ±(2^63 - 1).
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

-- raise updates the sums of an alternative, KPI and epoch when a client's total changes. The
-- caller passes the upper and lower 32 bits of the difference.
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
