-- Each look writes a page of every index. What is older than a time is found by server, or from the
-- oldest row on.
DROP INDEX sample_by_age;
