-- Remembers a record, if one is given, and a client's choice, if it has none.
--
-- KEYS   1 record, 2 counts, 3 used buckets, 4 the client's bucket
-- ARGV   1 version of the record the caller knows, 0 for none, generation of
--        KEYS 2 to 4, and a space after each, 2 client, 3 number of its bucket,
--        4 its value or nothing, 5 its choice, 6 the count it adds to or
--        nothing, 7 day, and, if there is a record: 8 the version and 9 the
--        generation of ARGV 1, 10 its own version, 11 generation if it is
--        created, 12 JSON, 13 number of alternatives, 14 nonce, 15 number and
--        16 JSON of its epoch
-- reply  none: there is no such experiment
--        generation, which: KEYS are of another one
--        stale, the client's value, the record's fields: of another version
--        invalid: there is no such alternative
--        ok, the client's value, 1 if this call wrote it
--        or, in place of ok, just the value of a client that was known,
--        or 1 if this call wrote ARGV 4
--
-- A repetition finds the record its own, by the nonce, and the client known.

-- Most calls end here. What follows costs time even if it only defines functions.
local state = redis.call('HGET', KEYS[1], 't')
local is = redis.call('HGET', KEYS[4], ARGV[2])
local same = state and string.sub(state, 1, #ARGV[1]) == ARGV[1]
if same and not ARGV[8] then
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
    return 1
  end
end

-- include client.lua

local version, generation, alternatives
if state then
  version, generation, alternatives = string.match(state, '(%d+) (%w+) (%d+)')
  local known, asked = string.match(ARGV[1], '(%d+) (%w+)')
  if generation ~= asked then
    return { 'generation', generation }
  elseif ARGV[8] and version == ARGV[10] and redis.call('HGET', KEYS[1], 'o') == ARGV[14] then
    alternatives = ARGV[13] -- this very call did that; its reply was lost
  elseif version ~= known then
    return stale(KEYS[1], is)
  elseif ARGV[8] then
    remember(KEYS[1], KEYS[2], generation, 10, 12)
    alternatives = ARGV[13]
  end
elseif not ARGV[8] or ARGV[8] ~= '0' then
  return { 'none' }
elseif ARGV[9] ~= ARGV[11] then
  return { 'generation', ARGV[11] }
else
  remember(KEYS[1], KEYS[2], ARGV[11], 10, 12)
  alternatives = ARGV[13]
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
count(KEYS[2], is, value, ARGV[7])
return { 'ok', value, 1 }
