-- Requests that ended while all workers were busy: what a pool brings when it is full. 0 in what was
-- summed up before.
ALTER TABLE minute ADD COLUMN saturated_requests INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hour ADD COLUMN saturated_requests INTEGER NOT NULL DEFAULT 0;
