-- The rows of a report, as temporary tables; `report_columns.py` packs them. The rows of a table are sorted so that they
-- compress well; `n` is the number of an article's row.
--
-- The day is that of the zone. If the publisher states only a day, it is this day in each zone.

CREATE TEMP TABLE chosen AS
WITH dated AS (
    SELECT
        article_id, source, coalesce(language, '') AS language, date_source, coalesce(agency, '') AS agency,
        published_at, seen_at,
        if(
            published_precision = 'day', published_at::DATE, timezone(getvariable('zone'), published_at)::DATE
        ) AS day,
        if(
            NOT published_at_naive AND published_precision IS DISTINCT FROM 'day',
            epoch(seen_at) - epoch(published_at), NULL
        ) AS delay
    FROM articles
)
SELECT row_number() OVER () - 1 AS n, * FROM (
    FROM dated
    WHERE (getvariable('first') IS NULL OR day >= getvariable('first'))
        AND (getvariable('last') IS NULL OR day <= getvariable('last'))
        AND (getvariable('sources') IS NULL OR list_contains(getvariable('sources'), source))
        AND (getvariable('languages') IS NULL OR list_contains(getvariable('languages'), language))
    ORDER BY day NULLS FIRST, source, language, date_source, agency, published_at, article_id
);

-- A report with more rows than `most` is coarse: parties are countries, and only the most frequent parties and places
-- have a number of their own.
SET VARIABLE coarse = (
    SELECT count(*) FROM (SELECT article_id FROM chosen UNION ALL SELECT article_id FROM mentions SEMI JOIN chosen USING (article_id))
) > getvariable('most');

CREATE TEMP TABLE copied AS
SELECT
    n, d.document_id, d.source, kind, coalesce(d.agency, '') AS agency,
    if(d.published_precision = 'day', NULL, epoch(d.published_at) - epoch(c.published_at)) AS delay
FROM duplicates d JOIN chosen c ON duplicate_of = c.article_id;

CREATE TEMP TABLE edited AS
WITH versions AS (
    SELECT article_id, 0 AS revision, title FROM articles SEMI JOIN revisions USING (article_id)
    UNION ALL
    SELECT article_id, revision, title FROM revisions
), titled AS (
    SELECT *, lag(title) OVER (PARTITION BY article_id ORDER BY revision) AS old_title FROM versions
)
SELECT
    n, r.document_id, r.article_id, r.revision, titled.title, old_title, r.seen_at,
    coalesce(words_added, 0) AS words_added, coalesce(words_removed, 0) AS words_removed, changes,
    coalesce(titled.title <> old_title, false) AS new_title,
    -- A replaced or replacing passage has a digit.
    coalesce(regexp_matches(changes, '“[^”]*[0-9][^”]*” → “|” → “[^”]*[0-9]'), false) AS new_number
FROM revisions r JOIN chosen USING (article_id) JOIN titled USING (article_id, revision);

-- Most sides have one party; only lists of several are sorted, because that takes long.
CREATE TEMP MACRO parties_of(side) AS list_transform(side, lambda one: struct_pack(
    name := if(getvariable('text') AND NOT getvariable('coarse'), coalesce(one.name, one.text), ''),
    country := coalesce(one.country, ''),
    sector := if(getvariable('coarse'), '', coalesce(one.sector, ''))));
CREATE TEMP MACRO side_of(side) AS
    if(len(side) > 1, list_sort(list_distinct(parties_of(side))), parties_of(side));

CREATE TEMP TABLE reported AS
SELECT
    n, mention_id, type, status, confidence, event_key, event_date_start,
    killed_min, killed_max, injured_min, injured_max,
    side_of(actors) AS who, side_of(recipients) AS whom,
    if(m.place IS NULL, NULL, struct_pack(
        name := if(getvariable('text') OR m.place.latitude IS NOT NULL, coalesce(m.place.name, m.place.text), ''),
        country := coalesce(m.place.country, ''),
        latitude := m.place.latitude, longitude := m.place.longitude)) AS place
FROM mentions m JOIN chosen USING (article_id);

CREATE TEMP TABLE sources AS
SELECT source AS value, row_number() OVER (ORDER BY count(*) DESC, source) - 1 AS i
FROM (SELECT source FROM chosen UNION ALL SELECT source FROM copied) GROUP BY source;

CREATE TEMP TABLE languages AS
SELECT language AS value, row_number() OVER (ORDER BY count(*) DESC, language) - 1 AS i FROM chosen GROUP BY language;

CREATE TEMP TABLE date_sources AS
SELECT date_source AS value, row_number() OVER (ORDER BY count(*) DESC, date_source) - 1 AS i
FROM chosen GROUP BY date_source;

CREATE TEMP TABLE agencies AS
SELECT agency AS value, row_number() OVER (ORDER BY agency <> '', count(*) DESC, agency) - 1 AS i
FROM (SELECT '' AS agency UNION ALL SELECT agency FROM chosen UNION ALL SELECT agency FROM copied) GROUP BY agency;

CREATE TEMP TABLE kinds AS
SELECT kind AS value, row_number() OVER (ORDER BY count(*) DESC, kind) - 1 AS i FROM copied GROUP BY kind;

-- A side is the list of all actors, or of all recipients, of a mention; side 0 is nobody. In a coarse report, the other
-- sides than the most frequent ones have the same number.
CREATE TEMP TABLE sides AS
SELECT side, least(
    row_number() OVER (ORDER BY side <> [], count(*) DESC, side) - 1,
    if(getvariable('coarse'), getvariable('most_sides'), NULL)
) AS i
FROM (SELECT [] AS side UNION ALL SELECT who FROM reported UNION ALL SELECT whom FROM reported) GROUP BY side;

CREATE TEMP TABLE shown_sides AS
SELECT i, if(
    getvariable('coarse') AND i = getvariable('most_sides'),
    [{'name': 'another party', 'country': '', 'sector': ''}], any_value(side)
) AS side
FROM sides GROUP BY i;

CREATE TEMP TABLE parties AS
SELECT party, row_number() OVER (ORDER BY count(*) DESC, party) - 1 AS i
FROM (SELECT unnest(side) AS party FROM shown_sides) GROUP BY party;

-- Place 0 is no place. In a coarse report, other places than the most frequent ones have the same number.
CREATE TEMP TABLE places AS
SELECT place, least(
    row_number() OVER (ORDER BY count(*) DESC, place), if(getvariable('coarse'), getvariable('most_places'), NULL)
) AS i
FROM reported WHERE place IS NOT NULL GROUP BY place;

CREATE TEMP TABLE shown_places AS
SELECT i, if(
    getvariable('coarse') AND i = getvariable('most_places'),
    {'name': 'another place', 'country': '', 'latitude': NULL, 'longitude': NULL}, any_value(place)
) AS place
FROM places GROUP BY i;

-- Only an event with several mentions has a number above 0.
CREATE TEMP TABLE shared_events AS
SELECT event_key, row_number() OVER (ORDER BY count(*) DESC, event_key) AS i
FROM reported WHERE event_key IS NOT NULL AND NOT getvariable('coarse') GROUP BY event_key HAVING count(*) > 1;

CREATE TEMP MACRO span(least, most) AS
    coalesce(least || coalesce(' to ' || nullif(most, least), '') || if(most IS NULL, ' or more', ''), '');

-- What the mentions of such an event say, written as in the view `events`; '' if they do not say it.
CREATE TEMP TABLE claims AS
SELECT
    mention_id,
    coalesce(CAST(event_date_start AS VARCHAR), '') AS date,
    span(killed_min, killed_max) AS killed, span(injured_min, injured_max) AS injured
FROM reported SEMI JOIN shared_events USING (event_key);

CREATE TEMP TABLE dates AS
SELECT value, row_number() OVER (ORDER BY value) - 1 AS i FROM (SELECT '' AS value UNION SELECT date FROM claims);

CREATE TEMP TABLE killed AS
SELECT value, row_number() OVER (ORDER BY value) - 1 AS i FROM (SELECT '' AS value UNION SELECT killed FROM claims);

CREATE TEMP TABLE injured AS
SELECT value, row_number() OVER (ORDER BY value) - 1 AS i FROM (SELECT '' AS value UNION SELECT injured FROM claims);

-- `position` is that of the mention in the columns; `type` and `status` are positions in lists.
CREATE TEMP TABLE numbered AS
SELECT row_number() OVER () - 1 AS position, * FROM (
    SELECT
        n, mention_id, confidence, list_position(getvariable('types'), type) - 1 AS type,
        list_position(getvariable('statuses'), status) - 1 AS status, a.i AS who, b.i AS whom,
        coalesce(p.i, 0) AS place, coalesce(e.i, 0) AS event, coalesce(d.i, 0) AS date,
        coalesce(k.i, 0) AS killed, coalesce(j.i, 0) AS injured
    FROM reported m JOIN sides a ON m.who = a.side JOIN sides b ON m.whom = b.side
    LEFT JOIN places p USING (place) LEFT JOIN shared_events e USING (event_key)
    LEFT JOIN claims c USING (mention_id)
    LEFT JOIN dates d ON c.date = d.value LEFT JOIN killed k ON c.killed = k.value
    LEFT JOIN injured j ON c.injured = j.value
    ORDER BY n, type, status, confidence, mention_id
);
