-- How many events of each type are there, and how many of them are asserted?
SELECT
    type,
    count(*) AS events,
    count(*) FILTER (status = 'asserted') AS asserted,
    max(independent_sources) AS most_sources
FROM events
GROUP BY type
ORDER BY events DESC, type
