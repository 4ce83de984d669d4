-- Who had the hand make a change; empty: whoever asked for it made it with rights of their own.
ALTER TABLE change ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
