-- Logs of changes: what several scripts need and include.
--
-- A log is a sorted set in which all scores are 0, so that its members are in
-- the order of their bytes. Each is 20 bytes that are a change's place in the
-- order of all, unlike those of any other change, and the change.

-- keep adds the changes that stand from a place of ARGV on, and returns how many
-- of them the log did not have.
local function keep(log, at)
  local kept = 0
  for i = at, #ARGV, 2 do
    local place = '[' .. ARGV[i]
    if #redis.call('ZRANGEBYLEX', log, place, place .. '\255', 'LIMIT', 0, 1) == 0 then
      redis.call('ZADD', log, 0, ARGV[i] .. ARGV[i + 1])
      kept = kept + 1
    end
  end
  return kept
end
