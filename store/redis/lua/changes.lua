-- Logs of changes, for scripts that include this.
--
-- A log is a sorted set in which all scores are 0, so that its members are in the order of their
-- bytes. A member is the 20 bytes of store.LogEntry.Key, which no other change has, and the
-- change.

-- log adds the changes in ARGV from a position on, and returns the number of those that were
-- unknown.
local function log(key, at)
  local added = 0
  for i = at, #ARGV, 2 do
    local prefix = '[' .. ARGV[i]
    if #redis.call('ZRANGEBYLEX', key, prefix, prefix .. '\255', 'LIMIT', 0, 1) == 0 then
      redis.call('ZADD', key, 0, ARGV[i] .. ARGV[i + 1])
      added = added + 1
    end
  end
  return added
end
