-- Remembers a record, if one is given, and a client's choice, if it has none.
--
-- KEYS   1 record, 2 counts, 3 used buckets, 4 the client's bucket
-- ARGV   1 version of the record the caller knows, 0 for none, generation of
--        KEYS 2 to 4, and a space after each, 2 client, 3 its value or nothing,
--        4 the count it adds to or nothing, and, if there is a record: 5 its
--        version, 6 generation if it is created, 7 JSON, 8 number of
--        alternatives, 9 nonce, 10 number and 11 JSON of its epoch
-- reply  none: there is no such experiment
--        generation, which: KEYS are of another one
--        stale, the client's value, the record's fields: of another version
--        invalid: there is no such alternative
--        ok, the client's value, 1 if this call wrote it
--        or, in place of ok, just the value of a client that was known,
--        or 1 if this call wrote ARGV 3
--
-- A repetition finds the record its own, by the nonce, and the client known.

-- Most calls end here. What follows costs time even if it only defines functions.
local state = redis.call('HGET', KEYS[1], 't')
local is = redis.call('HGET', KEYS[4], ARGV[2])
if state and not ARGV[5] and string.sub(state, 1, #ARGV[1]) == ARGV[1] then
  if is then
    local b = string.byte(is)
    if b ~= 0 and b % 2 == 0 or ARGV[3] == '' then
      return is
    end
  elseif ARGV[3] == '' then
    return ''
  else
    local b = string.byte(ARGV[3])
    if b < 128 then -- one of the first alternatives, whose number is b / 2
      if math.floor(b / 2) > tonumber(string.sub(state, #ARGV[1] + 1)) then
        return { 'invalid' }
      end
      redis.call('HSET', KEYS[4], ARGV[2], ARGV[3])
      if redis.call('HLEN', KEYS[4]) == 1 then
        redis.call('SETBIT', KEYS[3], tonumber(string.match(KEYS[4], '%w+$'), 36), 1)
      end
      if ARGV[4] ~= '' then
        redis.call('HINCRBY', KEYS[2], ARGV[4], 1)
      end
      return 1
    end
  end
end

-- include client.lua

local known, asked = string.match(ARGV[1], '(%d+) (%w+)')
local version, generation, alternatives
if state then
  version, generation, alternatives = string.match(state, '(%d+) (%w+) (%d+)')
  if generation ~= asked then
    return { 'generation', generation }
  elseif ARGV[5] and version == ARGV[5] and redis.call('HGET', KEYS[1], 'o') == ARGV[9] then
    alternatives = ARGV[8] -- this very call did that; its reply was lost
  elseif version ~= known then
    return stale(KEYS[1], is)
  elseif ARGV[5] then
    remember(KEYS[1], KEYS[2], generation, 5, 7)
    alternatives = ARGV[8]
  end
elseif not ARGV[5] or known ~= '0' then
  return { 'none' }
elseif asked ~= ARGV[6] then
  return { 'generation', ARGV[6] }
else
  remember(KEYS[1], KEYS[2], ARGV[6], 5, 7)
  alternatives = ARGV[8]
end

local value = ARGV[3]
if value == '' then
  return { 'ok', is or '', 0 }
elseif not isout(value) and choice(value) >= tonumber(alternatives) then
  return { 'invalid' }
end
if is and not isout(is) and not participates(is) and participates(value) then
  local _, _, at = choice(is)
  local _, _, day = choice(value)
  value = string.char(string.byte(is) - 1) .. string.sub(is, 2, at - 1) .. string.sub(value, day)
elseif is and (not isout(is) or isout(value)) then
  return { 'ok', is, 0 }
end
put(KEYS[3], KEYS[4], tonumber(string.match(KEYS[4], '%w+$'), 36), ARGV[2], is, value)
count(KEYS[2], is, value, string.match(ARGV[4], '[^:]*$'))
return { 'ok', value, 1 }
