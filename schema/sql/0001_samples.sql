-- One look at a server a row. Columns are Sample's fields, those of a value inside it under its
-- name; lists are JSON, except for the processes, which have a table of their own. Times are
-- milliseconds since 1970, enumerators their word.
CREATE TABLE sample (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  source TEXT NOT NULL,
  generation INTEGER NOT NULL,
  restarted INTEGER NOT NULL,
  worker_limit INTEGER NOT NULL,
  tally_busy INTEGER NOT NULL,
  tally_idle INTEGER NOT NULL,
  tally_starting INTEGER NOT NULL,
  tally_finishing INTEGER NOT NULL,
  tally_deaf INTEGER NOT NULL,
  tally_reading INTEGER NOT NULL,
  tally_writing INTEGER NOT NULL,
  tally_keepalive INTEGER NOT NULL,
  tally_logging INTEGER NOT NULL,
  tally_dns INTEGER NOT NULL,
  tally_closing INTEGER NOT NULL,
  tally_graceful INTEGER NOT NULL,
  tally_processes INTEGER NOT NULL,
  tally_processes_old INTEGER NOT NULL,
  tally_processes_deaf INTEGER NOT NULL,
  accesses INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  work_running INTEGER NOT NULL,
  work_age_sum_seconds REAL NOT NULL,
  work_age_max_seconds REAL NOT NULL,
  work_finished INTEGER NOT NULL,
  work_duration_sum_seconds REAL NOT NULL,
  work_duration_square_sum REAL NOT NULL,
  host_cores REAL NOT NULL,
  host_cpu_busy_seconds REAL NOT NULL,
  host_cpu_total_seconds REAL NOT NULL,
  host_memory_total_bytes INTEGER NOT NULL,
  host_memory_available_bytes INTEGER NOT NULL,
  host_swap_used_bytes INTEGER NOT NULL,
  host_memory_pressure_some REAL,
  host_memory_pressure_full REAL,
  host_limits TEXT NOT NULL,
  host_listen_overflows INTEGER NOT NULL,
  host_listen_drops INTEGER NOT NULL,
  host_somaxconn INTEGER NOT NULL,
  listeners TEXT NOT NULL
) STRICT;

CREATE INDEX sample_by_server ON sample (pid, at);

-- Sample.processes: one row a process and sweep.
CREATE TABLE process_usage (
  sample INTEGER NOT NULL REFERENCES sample (seq) ON DELETE CASCADE,
  pid INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  parent INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  rss_bytes INTEGER NOT NULL,
  pss_bytes INTEGER NOT NULL,
  unique_bytes INTEGER NOT NULL,
  shared_bytes INTEGER NOT NULL,
  swap_bytes INTEGER NOT NULL,
  peak_bytes INTEGER NOT NULL,
  cpu_seconds REAL NOT NULL,
  PRIMARY KEY (sample, pid)
) STRICT, WITHOUT ROWID;
