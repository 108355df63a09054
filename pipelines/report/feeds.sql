-- One row per feed that newslake has polled, or that has announced entries.

WITH polled AS (
    SELECT
        feed, count(*) AS polls, count(*) FILTER (outcome = 'failed') AS failed_polls,
        max(started_at) FILTER (outcome = 'answered') AS last_success_at, arg_max_null(reason, started_at) AS last_error
    FROM fetches WHERE kind = 'feed' AND feed NOT IN (SELECT feed FROM coverage) GROUP BY feed
)
SELECT
    feed, coalesce(entries, 0)::INT AS entries, coalesce(stored, 0)::INT AS stored,
    coalesce(duplicates, 0)::INT AS duplicates, coalesce(revisions, 0)::INT AS revisions,
    coalesce(rejected, 0)::INT AS rejected, coalesce(waiting, 0)::INT AS waiting, coalesce(others, 0)::INT AS others,
    round(latency_p50)::INT AS latency, polls::INT AS polls, failed_polls::INT AS failed_polls, last_error,
    left(timezone(getvariable('zone'), last_at)::VARCHAR, 16) AS last_entry,
    left(timezone(getvariable('zone'), last_success_at)::VARCHAR, 16) AS last_success,
    left(timezone(getvariable('zone'), silent_since)::VARCHAR, 16) AS silent_since, round(missed)::INT AS missed
FROM (FROM coverage UNION ALL BY NAME FROM polled)
ORDER BY entries DESC, feed
