-- Deletes the record and logs changes. The data of its generation is garbage, which the caller
-- deletes.
--
-- KEYS   1 record, 2 generations that are garbage, 3 log
-- ARGV   of each change: its key in the log, the change
-- reply  1 if there was such an experiment, else 0

--#include changes.lua

local generation = redis.call('HGET', KEYS[1], 'g')
if not generation then
  return 0
end
redis.call('SADD', KEYS[2], generation)
redis.call('DEL', KEYS[1])
log(KEYS[3], 1)
return 1
