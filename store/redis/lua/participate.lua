-- Remembers a record, if one is given, and a client's choice, if it has none.
--
-- KEYS   1 record, 2 counts, 3 used buckets, 4 the client's bucket
-- ARGV   1 version of the record the caller knows, 0 for none, 2 generation of
--        KEYS 2 to 4, 3 client, 4 number of its bucket, 5 its value or nothing,
--        6 its choice, 7 day, and, if there is a record: 8 its version (if it is
--        created its generation, too, in 14), 9 JSON, 10 number of
--        alternatives, 11 nonce, 12 number and 13 JSON of its epoch,
--        14 generation
-- reply  none: there is no such experiment
--        generation, which: KEYS are of another one
--        stale, the client's value, the record's fields: of another version
--        invalid: there is no such alternative
--        ok, the client's value, 1 if this call wrote it
--
-- A repetition finds the record its own, by the nonce, and the client known.
local known = redis.call('HMGET', KEYS[1], 'v', 'g', 'a', 'o')
local version, generation, alternatives = known[1], known[2], known[3]
local given = ARGV[8] ~= nil
if not version then
  if not given or ARGV[1] ~= '0' then
    return { 'none' }
  elseif ARGV[2] ~= ARGV[14] then
    return { 'generation', ARGV[14] }
  end
  redis.call('HSET', KEYS[1], 'g', ARGV[14])
  remember(KEYS[1], KEYS[2], 8)
elseif generation ~= ARGV[2] then
  return { 'generation', generation }
elseif given and version == ARGV[8] and known[4] == ARGV[11] then
  -- This very call did that; its reply was lost.
elseif version ~= ARGV[1] then
  return stale(KEYS[1], redis.call('HGET', KEYS[4], ARGV[3]))
elseif given then
  remember(KEYS[1], KEYS[2], 8)
elseif tonumber(ARGV[6]) >= tonumber(alternatives) then
  return { 'invalid' }
end

local value = ARGV[5]
local is = redis.call('HGET', KEYS[4], ARGV[3])
if value == '' then
  return { 'ok', is or '', 0 }
end
if is and not isout(is) and not participates(is) and participates(value) then
  local _, _, at = choice(is)
  local _, _, day = choice(value)
  value = string.char(string.byte(is) - 1) .. string.sub(is, 2, at - 1) .. string.sub(value, day)
elseif is and (not isout(is) or isout(value)) then
  return { 'ok', is, 0 }
end
put(KEYS[3], KEYS[4], ARGV[4], ARGV[3], is, value)
count(KEYS[2], is, value, ARGV[7])
return { 'ok', value, 1 }
