-- Open rejects by reason, stage and day of the run; a run without a row has the first day of its partition.

SELECT reason, stage, coalesce(timezone(getvariable('zone'), started_at)::DATE, run_date)::VARCHAR AS day, count(*)::INT AS n
FROM open_rejects LEFT JOIN (SELECT run_id, min(started_at) AS started_at FROM runs GROUP BY run_id) USING (run_id)
GROUP BY ALL ORDER BY ALL
