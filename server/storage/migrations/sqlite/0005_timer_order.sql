-- What is due next is read from the index alone, in its order: a plan that does not know the time would read all timers.
DROP INDEX timer_next;
CREATE INDEX timer_next ON timer (next, record, name) WHERE fired = 0;
