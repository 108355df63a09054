-- The view `coverage` with its columns on silence. `silent_since` is NULL unless the feed is silent, see docs/feeds.md.
--
-- `feed_silence` and `present_feeds` are the functions of pipelines/sql/coverage.py.

CREATE OR REPLACE VIEW coverage AS
SELECT
    * EXCLUDE (times, silence),
    silence.since AS silent_since,
    silence.missed AS missed,
    silence.intervals AS silent_intervals
FROM (SELECT *, feed_silence(times, last_success_at) AS silence FROM feed_coverage(present_feeds()));
