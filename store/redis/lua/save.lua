-- Replaces the record and logs changes.
--
-- KEYS   1 record, 2 counts, 3 log
-- ARGV   1 version of the record the caller knows, 2 generation of KEYS 2, and of
--        the new record: 3 version, 4 JSON, 5 number of alternatives, 6 nonce,
--        7 number and 8 JSON of its epoch; then of each change: its place in the
--        log, the change
-- reply  none: there is no such experiment
--        generation, which: KEYS are of another one
--        stale, nothing, the record's fields: of another version
--        ok, nothing, 1
--
-- A repetition finds the record its own, by the nonce.

-- include client.lua
-- include changes.lua

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
keep(KEYS[3], 9)
return { 'ok', '', 1 }
