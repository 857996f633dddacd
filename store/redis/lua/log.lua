-- Adds changes to a log.
--
-- KEYS   1 log
-- ARGV   of each change: its key, the change
-- reply  number of changes that were unknown
--
-- A repeated call finds its own changes.

--#include changes.lua

return log(KEYS[1], 1)
