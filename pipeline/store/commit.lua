-- One batch of a task, all or nothing, and only for its owner.
--
-- KEYS  :task, :due, :outbox, the customers to write, those to remove
-- ARGV  the owner's epoch, token, batch ('' for none)
--       the new batch and its id; the outbox ('' deletes it)
--       then four lists, each with the number of its texts before it:
--       fields of :task (name, value)*, values of the customers to write,
--       scores (score, id)*, ids to remove
--
-- Answers {what, first of :due}; what: 0 refused, 1 written, 2 it had been.

-- unpack() fails near 8,000 values; even, so that no pair is torn
local SLICE = 1000

local held = redis.call('HMGET', KEYS[1], 'epoch', 'token', 'batch', 'id')
-- Nothing is undone after a write, so what can fail must fail before: a key
-- of another type here, a full memory at the first write.
redis.call('ZCARD', KEYS[2])

local function answer(what)
	return {what, redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')}
end

if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then
	return answer(0)
end
if (held[3] or '') ~= ARGV[3] then
	if held[3] == ARGV[4] and held[4] == ARGV[5] then
		return answer(2)
	end
	return answer(0)
end

local at = 7
local function list()
	local from = at + 1
	at = from + tonumber(ARGV[at])
	return from, at - 1
end

local function sliced(command, key, from, to)
	for i = from, to, SLICE do
		redis.call(command, key,
			unpack(ARGV, i, math.min(i + SLICE - 1, to)))
	end
end

local from, to = list()
sliced('HSET', KEYS[1], from, to)

from, to = list()
local key = 4
for i = from, to, SLICE do
	local pairs = {}
	for j = i, math.min(i + SLICE - 1, to) do
		pairs[#pairs + 1] = KEYS[key]
		pairs[#pairs + 1] = ARGV[j]
		key = key + 1
	end
	redis.call('MSET', unpack(pairs))
end
for i = key, #KEYS, SLICE do
	redis.call('DEL', unpack(KEYS, i, math.min(i + SLICE - 1, #KEYS)))
end

from, to = list()
sliced('ZADD', KEYS[2], from, to)
from, to = list()
sliced('ZREM', KEYS[2], from, to)

if ARGV[6] == '' then
	redis.call('DEL', KEYS[3])
else
	redis.call('SET', KEYS[3], ARGV[6])
end
return answer(1)
