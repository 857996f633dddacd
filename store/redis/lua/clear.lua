-- Replaces the record, begins a generation without clients, and logs changes. The data of the
-- old generation is garbage, which the caller deletes.
--
-- KEYS   1 record, 2 counts of the old generation, 3 counts of the new generation,
--        4 generations that are garbage, 5 log
-- ARGV   1 version of the record that the caller knows, 2 generation of KEYS 2; of the new
--        record: 3 version, 4 JSON, 5 number of alternatives, 6 nonce, 7 number and 8 JSON of
--        its epoch; 9 the new generation, 10 whether to keep the counts: 1 or 0; then of each
--        change: its key in the log, the change
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
elseif known[1] == ARGV[3] and known[3] == ARGV[6] then
  return { 'ok', '', 1 }
elseif known[2] ~= ARGV[2] then
  return { 'generation', known[2] }
elseif known[1] ~= ARGV[1] then
  return stale(KEYS[1])
end
redis.call('SADD', KEYS[4], ARGV[2])
if ARGV[10] == '1' then
  redis.call('RENAME', KEYS[2], KEYS[3]) -- it exists, because there is an epoch
  redis.call('HDEL', KEYS[3], 'x')
else
  for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
    local kind = string.sub(field, 1, 1)
    if kind == 'k' or kind == 'm' then
      redis.call('HDEL', KEYS[1], field)
    end
  end
  redis.call('HDEL', KEYS[1], 'n')
end
remember(KEYS[1], KEYS[3], ARGV[9], 3, 4)
log(KEYS[5], 11)
return { 'ok', '', 1 }
