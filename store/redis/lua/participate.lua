-- Remembers a record, if one is given, and a client's choice, as store.ClientState.After does.
--
-- KEYS   1 record, 2 counts, 3 used buckets, 4 the client's bucket
-- ARGV   1 version of the record that the caller knows (0: none) and generation of KEYS 2 to 4,
--        each followed by a space; 2 client, 3 its value or nothing, 4 the count that it adds
--        to, which ends with the day, or nothing; 5 number of the client's bucket; and, with a
--        record: 6 its version, 7 its generation if it is created, 8 JSON, 9 number of
--        alternatives, 10 nonce, 11 number and 12 JSON of its epoch
-- reply  none: there is no such experiment
--        generation, generation: KEYS are of another generation
--        stale, the client's value, the record's fields: the record has another version
--        invalid: there is no such alternative
--        ok, the client's value, 1 if this call wrote it, else 0
--        From the fast path also, in place of ok, the value of a known client, or the number 1
--        if this call wrote ARGV 3. A table would cost the server a sixth of the call.
--
-- A repeated call finds its own record, by the nonce, and its own choice.
--
-- The fast path answers most calls: no record is given, and the client either is known and
-- keeps its value, or is new and gets one of the first alternatives. It comes before client.lua
-- and repeats its isout, participates and put inline (b ~= 0 and b % 2 == 0 is a participating
-- client), because each call would define the functions of client.lua again, which takes longer
-- than the fast path.

local state = redis.call('HGET', KEYS[1], 't')
local is = redis.call('HGET', KEYS[4], ARGV[2])
if state and not ARGV[6] and string.sub(state, 1, #ARGV[1]) == ARGV[1] then
  if is then
    local b = string.byte(is)
    if b ~= 0 and b % 2 == 0 or ARGV[3] == '' then
      return is
    end
  elseif ARGV[3] == '' then
    return ''
  else
    local b = string.byte(ARGV[3])
    if b < 128 then -- a value whose first varint is one byte: the alternative is b / 2 - 1
      if math.floor(b / 2) > tonumber(string.sub(state, #ARGV[1] + 1)) then
        return { 'invalid' }
      end
      redis.call('HSET', KEYS[4], ARGV[2], ARGV[3])
      if redis.call('HLEN', KEYS[4]) == 1 then
        redis.call('SETBIT', KEYS[3], ARGV[5], 1)
      end
      if ARGV[4] ~= '' then
        redis.call('HINCRBY', KEYS[2], ARGV[4], 1)
      end
      return 1
    end
  end
end

--#include client.lua

local known, asked = string.match(ARGV[1], '(%d+) (%w+)')
local version, generation, alternatives
if state then
  version, generation, alternatives = string.match(state, '(%d+) (%w+) (%d+)')
  if generation ~= asked then
    return { 'generation', generation }
  elseif ARGV[6] and version == ARGV[6] and redis.call('HGET', KEYS[1], 'o') == ARGV[10] then
    alternatives = ARGV[9] -- this call was carried out before, and its reply was lost
  elseif version ~= known then
    return stale(KEYS[1], is)
  elseif ARGV[6] then
    remember(KEYS[1], KEYS[2], generation, 6, 8)
    alternatives = ARGV[9]
  end
elseif not ARGV[6] or known ~= '0' then
  return { 'none' }
elseif asked ~= ARGV[7] then
  return { 'generation', ARGV[7] }
else
  remember(KEYS[1], KEYS[2], ARGV[7], 6, 8)
  alternatives = ARGV[9]
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
put(KEYS[3], KEYS[4], ARGV[5], ARGV[2], is, value)
count(KEYS[2], is, value, string.match(ARGV[4], '[^:]*$'))
return { 'ok', value, 1 }
