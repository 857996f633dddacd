-- Forgets the record. What its generation holds is garbage from then on; the
-- caller collects it.
--
-- KEYS   1 record, 2 generations that are garbage
-- ARGV   none
-- reply  1 if there was such an experiment, else 0
local generation = redis.call('HGET', KEYS[1], 'g')
if not generation then
  return 0
end
redis.call('SADD', KEYS[2], generation)
redis.call('DEL', KEYS[1])
return 1
