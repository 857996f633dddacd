-- Counts a conversion of a participating client.
--
-- KEYS   1 record, 2 counts, 3 the client's bucket, 4 its bucket of totals
-- ARGV   1 version of the record that the caller knows, 2 generation of KEYS 2 to 4, 3 client,
--        4 KPI, 5 day, 6 the day as in a client's value, 7 nonce, 8 value or nothing
-- reply  none: there is no such experiment
--        generation, generation: KEYS are of another generation
--        stale, the client's value, the record's fields: the record has another version
--        overflow, the client's value: the client's total cannot hold the value
--        ok, the client's value, 1 if the client participates, else 0
--
-- A repeated call finds its own nonce, even if the version has changed meanwhile.

--#include client.lua
--#include totals.lua

local known = redis.call('HMGET', KEYS[1], 'v', 'g', 'k' .. ARGV[4])
local version, generation, index = known[1], known[2], known[3]
if not version then
  return { 'none' }
elseif generation ~= ARGV[2] then
  return { 'generation', generation }
end
local is = redis.call('HGET', KEYS[3], ARGV[3])
local first, after, events, eventsat, nonceat
if is and index and participates(is) then
  first, after, events, eventsat, nonceat = conversion(is, tonumber(index))
  if first and string.sub(is, nonceat, after - 1) == ARGV[7] then
    return { 'ok', is, 1 }
  end
end
if version ~= ARGV[1] then
  return stale(KEYS[1], is)
elseif not is or not participates(is) then
  return { 'ok', is or '', 0 }
end

local before, total = '0', '0'
if ARGV[8] ~= '' then
  if index then
    before = redis.call('HGET', KEYS[4], encode(tonumber(index)) .. ARGV[3]) or '0'
  end
  total = add(before, ARGV[8])
  if not total then
    return { 'overflow', is }
  end
end

index = kpi(KEYS[1], ARGV[4], index, ARGV[8] == '' and 'rate' or 'mean')
local alternative, epoch, at = choice(is)
local kind = alternative .. ':' .. index .. ':'
local value, n
if first then
  value = string.sub(is, 1, eventsat - 1) .. encode(events + 1) .. ARGV[7] .. string.sub(is, after)
  n = '1'
else
  value = is .. encode(index) .. ARGV[6] .. encode(1) .. ARGV[7]
  n = '4294967297' -- clients in the upper half, conversions in the lower
end
redis.call('HSET', KEYS[3], ARGV[3], value)
redis.call('HINCRBY', KEYS[2], 'd' .. kind .. ARGV[5], n)
if total ~= before then
  redis.call('HSET', KEYS[4], encode(index) .. ARGV[3], total)
end
credit(KEYS[2], 'v' .. kind .. epoch .. ':' .. dayat(is, at), 'w' .. kind .. ARGV[5], first and 0 or 1, before, total)
return { 'ok', value, 1 }
