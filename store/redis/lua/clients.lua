-- Reads some buckets of clients, together with their totals.
--
-- KEYS   1 record, then a bucket and its bucket of totals, repeatedly
-- ARGV   1 generation of the buckets
-- reply  none: there is no such experiment
--        generation, generation: KEYS are of another generation
--        ok, the record's fields, then the fields of each of KEYS

local generation = redis.call('HGET', KEYS[1], 'g')
if not generation then
  return { 'none' }
elseif generation ~= ARGV[1] then
  return { 'generation', generation }
end
local reply = { 'ok' }
for i, key in ipairs(KEYS) do
  reply[i + 1] = redis.call('HGETALL', key)
end
return reply
