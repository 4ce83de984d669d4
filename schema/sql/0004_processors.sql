-- How long processes waited for a processor, and how often a quota stopped them; how long workers had
-- waited for their clients. Null and empty in what was sampled before.
ALTER TABLE process_usage ADD COLUMN cpu_wait_seconds REAL;
ALTER TABLE sample ADD COLUMN host_cpu_periods INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sample ADD COLUMN host_cpu_throttled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sample ADD COLUMN work_waiting_by_age TEXT NOT NULL DEFAULT '[]';
