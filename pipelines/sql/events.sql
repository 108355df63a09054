-- The view `events`. It has one row per event. `independent_sources` is the number of publishers; publishers of copies are
-- not counted, since copies have no mentions. `status`, `actors`, `recipients` and `place` contain the most frequent value.
-- If mentions disagree on a field, `disagreements` lists each value and the sources that report the value.

CREATE VIEW events AS
WITH reports AS (
    SELECT
        mentions.*,
        coalesce(event_key, mention_id) AS event_id,
        articles.source,
        coalesce(mentions.published_at, articles.seen_at) AS appeared_at,
        list_sort(list_distinct([coalesce(one.name, one.text) FOR one IN actors])) AS who,
        list_sort(list_distinct([coalesce(one.name, one.text) FOR one IN recipients])) AS whom,
        coalesce(place.name, place.text) AS place_name
    FROM mentions JOIN articles USING (article_id)
),
claims AS (
    UNPIVOT (
        SELECT
            event_id,
            source,
            status,
            array_to_string(who, ', ') AS actors,
            array_to_string(whom, ', ') AS recipients,
            place_name AS place,
            CAST(event_date_start AS VARCHAR) AS date,
            killed_min || coalesce(' to ' || nullif(killed_max, killed_min), '')
                || if(killed_max IS NULL, ' or more', '') AS killed,
            injured_min || coalesce(' to ' || nullif(injured_max, injured_min), '')
                || if(injured_max IS NULL, ' or more', '') AS injured
        FROM reports
    ) ON status, actors, recipients, place, date, killed, injured INTO NAME field VALUE value
),
sides AS (
    SELECT event_id, field, value, list(DISTINCT source ORDER BY source) AS sources
    FROM claims WHERE value <> '' GROUP BY ALL
),
disputed AS (
    SELECT
        event_id,
        list({'field': field, 'value': value, 'sources': sources} ORDER BY field, value) AS sides
    FROM (FROM sides QUALIFY count(*) OVER (PARTITION BY event_id, field) > 1)
    GROUP BY event_id
)
SELECT
    event_id,
    any_value(type ORDER BY mention_id) AS type,
    any_value(quad ORDER BY mention_id) AS quad,
    count(*) AS mentions,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT source) AS independent_sources,
    list(DISTINCT source ORDER BY source) AS sources,
    min(appeared_at) AS first_seen,
    max(appeared_at) AS last_seen,
    mode(status ORDER BY status) AS status,
    mode(who ORDER BY who) AS actors,
    mode(whom ORDER BY whom) AS recipients,
    min(event_date_start) AS event_date_start,
    max(event_date_end) AS event_date_end,
    mode(place_name ORDER BY place_name) AS place,
    min(killed_min) AS killed_min,
    if(bool_or(killed_min IS NOT NULL AND killed_max IS NULL), NULL, max(killed_max)) AS killed_max,
    min(injured_min) AS injured_min,
    if(bool_or(injured_min IS NOT NULL AND injured_max IS NULL), NULL, max(injured_max)) AS injured_max,
    coalesce(any_value(sides), []) AS disagreements,
    arg_max(evidence, confidence) AS best_evidence,
    max(confidence) AS confidence
FROM reports LEFT JOIN disputed USING (event_id)
GROUP BY event_id
