-- Replaces the record and logs changes.
--
-- KEYS   1 record, 2 counts, 3 log
-- ARGV   1 version of the record that the caller knows, 2 generation of KEYS 2; of the new
--        record: 3 version, 4 JSON, 5 number of alternatives, 6 nonce, 7 number and 8 JSON of
--        its epoch; then of each change: its key in the log, the change
-- reply  none: there is no such experiment
--        generation, generation: KEYS are of another generation
--        stale, nothing, the record's fields: the record has another version
--        ok, nothing, 1
--
-- A repeated call finds its own record, by the nonce.

--#include client.lua
--#include changes.lua

local known = redis.call('HMGET', KEYS[1], 'v', 'g', 'o')
if not known[1] then
  return { 'none' }
elseif known[2] ~= ARGV[2] then
  return { 'generation', known[2] }
elseif known[1] == ARGV[3] and known[3] == ARGV[6] then
  return { 'ok', '', 1 }
elseif known[1] ~= ARGV[1] then
  return stale(KEYS[1])
end
remember(KEYS[1], KEYS[2], ARGV[2], 3, 4)
log(KEYS[3], 9)
return { 'ok', '', 1 }
