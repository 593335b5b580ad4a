-- When a timer next has something to do: a reminder, or, once none is left, what is due.
ALTER TABLE timer ADD COLUMN next BIGINT;
UPDATE timer SET next = at;
DROP INDEX timer_at;
CREATE INDEX timer_next ON timer (next) WHERE fired = 0;
