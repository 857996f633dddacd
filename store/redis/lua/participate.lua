-- Remembers a record, if one is given, and a client's choice, if it has none.
--
-- KEYS   1 record, 2 counts, 3 used buckets, 4 the client's bucket
-- ARGV   1 version of the record the caller knows, 0 for none, generation of
--        KEYS 2 to 4, and a space after each, 2 client, 3 number of its bucket,
--        4 its value or nothing, 5 its choice, 6 and 7 the counts it adds to,
--        8 day, and, if there is a record: 9 the version and 10 the generation
--        of ARGV 1, 11 its own version, 12 generation if it is created, 13 JSON,
--        14 number of alternatives, 15 nonce, 16 number and 17 JSON of its epoch
-- reply  none: there is no such experiment
--        generation, which: KEYS are of another one
--        stale, the client's value, the record's fields: of another version
--        invalid: there is no such alternative
--        ok, the client's value, 1 if this call wrote it
--        or, in place of the last one, just the value of a client that was known
--
-- A repetition finds the record its own, by the nonce, and the client known.

-- Most calls end here. What follows costs time even if it only defines functions.
local state = redis.call('HGET', KEYS[1], 't')
local is = redis.call('HGET', KEYS[4], ARGV[2])
local same = state and string.sub(state, 1, #ARGV[1]) == ARGV[1]
if same and not ARGV[9] then
  if is then
    local b = string.byte(is)
    if b ~= 0 and b % 2 == 0 or ARGV[4] == '' then
      return is
    end
  elseif ARGV[4] == '' then
    return ''
  elseif tonumber(ARGV[5]) >= tonumber(string.sub(state, #ARGV[1] + 1)) then
    return { 'invalid' }
  else
    redis.call('HSET', KEYS[4], ARGV[2], ARGV[4])
    if redis.call('HLEN', KEYS[4]) == 1 then
      redis.call('SETBIT', KEYS[3], ARGV[3], 1)
    end
    if ARGV[6] ~= '' then
      redis.call('HINCRBY', KEYS[2], ARGV[6], 1)
    end
    if ARGV[7] ~= '' then
      redis.call('HINCRBY', KEYS[2], ARGV[7], 1)
    end
    return { 'ok', ARGV[4], 1 }
  end
end

-- include client.lua

local version, generation, alternatives
if state then
  version, generation, alternatives = string.match(state, '(%d+) (%w+) (%d+)')
  local known, asked = string.match(ARGV[1], '(%d+) (%w+)')
  if generation ~= asked then
    return { 'generation', generation }
  elseif ARGV[9] and version == ARGV[11] and redis.call('HGET', KEYS[1], 'o') == ARGV[15] then
    alternatives = ARGV[14] -- this very call did that; its reply was lost
  elseif version ~= known then
    return stale(KEYS[1], is)
  elseif ARGV[9] then
    remember(KEYS[1], KEYS[2], generation, 11, 13)
    alternatives = ARGV[14]
  end
elseif not ARGV[9] or ARGV[9] ~= '0' then
  return { 'none' }
elseif ARGV[10] ~= ARGV[12] then
  return { 'generation', ARGV[12] }
else
  remember(KEYS[1], KEYS[2], ARGV[12], 11, 13)
  alternatives = ARGV[14]
end

local value = ARGV[4]
if value == '' then
  return { 'ok', is or '', 0 }
elseif tonumber(ARGV[5]) >= tonumber(alternatives) then
  return { 'invalid' }
end
if is and not isout(is) and not participates(is) and participates(value) then
  local _, _, at = choice(is)
  local _, _, day = choice(value)
  value = string.char(string.byte(is) - 1) .. string.sub(is, 2, at - 1) .. string.sub(value, day)
elseif is and (not isout(is) or isout(value)) then
  return { 'ok', is, 0 }
end
put(KEYS[3], KEYS[4], ARGV[3], ARGV[2], is, value)
count(KEYS[2], is, value, ARGV[8])
return { 'ok', value, 1 }
