-- Of a change that was made as a step on the way to a larger one: it did not arrive yet.
ALTER TABLE change ADD COLUMN shortened INTEGER NOT NULL DEFAULT 0;
