-- One field of :task, only for its owner: `published`, or a higher `epoch`.
--
-- KEYS  :task
-- ARGV  the owner's epoch, token, batch ('' for none); field, value
--
-- Answers 0 refused, 1 written.  An epoch that is already the new one, under
-- the same token, was written by a call whose answer was lost.

local held = redis.call('HMGET', KEYS[1], 'epoch', 'token', 'batch')
local epoch = held[1] == ARGV[1] or
	(ARGV[4] == 'epoch' and held[1] == ARGV[5])

if not epoch or held[2] ~= ARGV[2] or (held[3] or '') ~= ARGV[3] then
	return 0
end
redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
return 1
