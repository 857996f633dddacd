-- Adds changes to a log.
--
-- KEYS   1 log
-- ARGV   of each change: its place in the log, the change
-- reply  number of changes that the log did not have
--
-- A repetition finds all of them there.

-- include changes.lua

return keep(KEYS[1], 1)
