-- One row per feed that is or was followed. `problem` is '' if the feed has none, or is paused or removed.

SELECT
    feed, entries::INT AS entries, stored::INT AS stored, duplicates::INT AS duplicates, revisions::INT AS revisions,
    rejected::INT AS rejected, waiting::INT AS waiting, others::INT AS others, round(latency_p50)::INT AS latency,
    CASE
        WHEN state IN ('paused', 'removed') THEN ''
        WHEN silent_since IS NOT NULL THEN 'silent'
        WHEN last_error IS NULL THEN ''
        WHEN last_success_at IS NULL THEN 'never answered'
        ELSE 'failing'
    END AS problem,
    last_error,
    left(timezone(getvariable('zone'), last_at)::VARCHAR, 16) AS last_entry,
    left(timezone(getvariable('zone'), last_success_at)::VARCHAR, 16) AS last_success,
    left(timezone(getvariable('zone'), silent_since)::VARCHAR, 16) AS silent_since, round(missed)::INT AS missed
FROM coverage
ORDER BY entries DESC, feed
