-- Reads a client and the record.
--
-- KEYS   1 record, 2 the client's bucket
-- ARGV   1 generation of KEYS 2, 2 client
-- reply  none: there is no such experiment
--        generation, generation: KEYS are of another generation
--        stale, the client's value, the record's fields

--#include client.lua

local generation = redis.call('HGET', KEYS[1], 'g')
if not generation then
  return { 'none' }
elseif generation ~= ARGV[1] then
  return { 'generation', generation }
end
return stale(KEYS[1], redis.call('HGET', KEYS[2], ARGV[2]))
