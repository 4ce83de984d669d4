-- Of the requests in service, those that their connection began with. Of what was sampled before
-- nobody knows, and each was taken for one.
ALTER TABLE sample ADD COLUMN work_running_first INTEGER NOT NULL DEFAULT 0;
UPDATE sample SET work_running_first = work_running;
