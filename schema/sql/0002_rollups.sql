-- Servers by what outlives a restart of theirs and of ours: where they listen and what they read.
CREATE TABLE server (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE -- "0.0.0.0:80 /etc/apache2/apache2.conf", or the URL of a status page
) STRICT;

-- Null in samples of before there were servers: they are forgotten with their age.
ALTER TABLE sample ADD COLUMN server INTEGER REFERENCES server (id);
DROP INDEX sample_by_server;
CREATE INDEX sample_by_server ON sample (server, at);
CREATE INDEX sample_by_age ON sample (at);

-- A minute of looks at one server, summed up; an hour likewise. Rows are only ever added at the
-- end, which keeps their pages full. Sketches are bytes, as agent/history/sketch.h has them.
CREATE TABLE minute (
  server INTEGER NOT NULL REFERENCES server (id),
  at INTEGER NOT NULL,
  looks INTEGER NOT NULL,
  seconds REAL NOT NULL,
  requests INTEGER NOT NULL,
  arrivals INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  overflows INTEGER NOT NULL,
  restarts INTEGER NOT NULL,
  reloads INTEGER NOT NULL,
  saturated_seconds REAL NOT NULL,
  deaf_seconds REAL NOT NULL,
  worker_limit INTEGER NOT NULL,
  busy_sum INTEGER NOT NULL,
  busy_max INTEGER NOT NULL,
  idle_sum INTEGER NOT NULL,
  keepalive_sum INTEGER NOT NULL,
  queue_sum INTEGER NOT NULL,
  queue_max INTEGER NOT NULL,
  connections_sum INTEGER NOT NULL,
  connections_max INTEGER NOT NULL,
  processes_sum INTEGER NOT NULL,
  oldest_ms INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  duration_sum_ms INTEGER NOT NULL,
  cpu_busy_ms INTEGER NOT NULL,
  cpu_total_ms INTEGER NOT NULL,
  memory_available_min_bytes INTEGER NOT NULL,
  sweeps INTEGER NOT NULL,
  memory_sum_bytes INTEGER NOT NULL,
  memory_max_bytes INTEGER NOT NULL,
  busy BLOB NOT NULL,
  queue BLOB NOT NULL,
  rate BLOB NOT NULL,
  duration BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX minute_by_server ON minute (server, at);

CREATE TABLE hour (
  server INTEGER NOT NULL REFERENCES server (id),
  at INTEGER NOT NULL,
  looks INTEGER NOT NULL,
  seconds REAL NOT NULL,
  requests INTEGER NOT NULL,
  arrivals INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  overflows INTEGER NOT NULL,
  restarts INTEGER NOT NULL,
  reloads INTEGER NOT NULL,
  saturated_seconds REAL NOT NULL,
  deaf_seconds REAL NOT NULL,
  worker_limit INTEGER NOT NULL,
  busy_sum INTEGER NOT NULL,
  busy_max INTEGER NOT NULL,
  idle_sum INTEGER NOT NULL,
  keepalive_sum INTEGER NOT NULL,
  queue_sum INTEGER NOT NULL,
  queue_max INTEGER NOT NULL,
  connections_sum INTEGER NOT NULL,
  connections_max INTEGER NOT NULL,
  processes_sum INTEGER NOT NULL,
  oldest_ms INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  duration_sum_ms INTEGER NOT NULL,
  cpu_busy_ms INTEGER NOT NULL,
  cpu_total_ms INTEGER NOT NULL,
  memory_available_min_bytes INTEGER NOT NULL,
  sweeps INTEGER NOT NULL,
  memory_sum_bytes INTEGER NOT NULL,
  memory_max_bytes INTEGER NOT NULL,
  busy BLOB NOT NULL,
  queue BLOB NOT NULL,
  rate BLOB NOT NULL,
  duration BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX hour_by_server ON hour (server, at);

-- What happened to a server, and what was recommended for it: few rows.
CREATE TABLE mark (
  id INTEGER PRIMARY KEY,
  server INTEGER NOT NULL REFERENCES server (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  sentence TEXT NOT NULL,
  proposal TEXT NOT NULL -- JSON of what was recommended; empty for other kinds
) STRICT;
CREATE INDEX mark_by_server ON mark (server, at);

-- 1 while an agent has it open: found so by the next one, that one did not end well.
CREATE TABLE opened (is_open INTEGER NOT NULL) STRICT;
INSERT INTO opened VALUES (0);
