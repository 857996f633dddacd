-- Adds KPIs from elsewhere, and replaces the imported counts that no client accounts for.
--
-- KEYS   1 record, 2 counts
-- ARGV   1 generation of KEYS 2, 2 the counts or nothing, then each KPI and its measure or nothing
-- reply  none: there is no such experiment
--        generation, generation: KEYS are of another generation
--        ok

--#include client.lua
--#include totals.lua

local generation = redis.call('HGET', KEYS[1], 'g')
if not generation then
  return { 'none' }
elseif generation ~= ARGV[1] then
  return { 'generation', generation }
end
for i = 3, #ARGV, 2 do
  kpi(KEYS[1], ARGV[i], redis.call('HGET', KEYS[1], 'k' .. ARGV[i]), ARGV[i + 1])
end
if ARGV[2] ~= '' and redis.call('HGET', KEYS[2], 'B') ~= ARGV[2] then
  redis.call('HSET', KEYS[2], 'B', ARGV[2])
end
return { 'ok' }
