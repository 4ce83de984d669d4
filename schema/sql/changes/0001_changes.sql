-- The journal of changes, a database of its own: it has to be there when the history is not, and
-- each row is on the disk before what it announces is done. Times are milliseconds since 1970,
-- values of the contract JSON.
CREATE TABLE change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  target TEXT NOT NULL,
  launch TEXT NOT NULL, -- what it takes to start the server again
  plan TEXT NOT NULL,
  because TEXT NOT NULL,
  undoes INTEGER NOT NULL, -- another change's id; 0: none
  watch_seconds REAL,
  backup TEXT NOT NULL, -- the folder of the files as they were; empty until it is known
  watch TEXT -- what the watch saw; null until there is one
) STRICT;

-- The phases of a change in their order; the last is where it stands.
CREATE TABLE step (
  change INTEGER NOT NULL REFERENCES change (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL, -- from 1 on
  at INTEGER NOT NULL,
  phase TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (change, seq)
) STRICT, WITHOUT ROWID;
