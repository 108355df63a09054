-- The view `events_plover`: events with the field names of the PLOVER manual.
--
-- Source: PLOVER manual 0.8, Open Event Data Alliance, CC BY-SA 4.0, tables "PLOVER JSON", "Information
-- object for actors", "for text", "for size", "for citations" and "Location object". `identifer_text` is
-- the manual's spelling. The view omits fields that newslake does not extract (contexts, scale).
--
-- Each row is an event, with the values of its mention with the highest confidence. The view adds `status`, for which
-- PLOVER has no field.

CREATE VIEW events_plover AS
WITH ranked AS (
    SELECT *, coalesce(event_key, mention_id) AS event_id
    FROM mentions
    QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY confidence DESC, mention_id) = 1
)
SELECT
    event_id AS id,
    event_date_start AS date,
    event_date_end AS enddate,
    list_transform(actors, lambda actor: struct_pack(
        code := actor.country, sector := actor.sector, actor_text := actor.text,
        identifer_text := actor.name)) AS source,
    list_transform(recipients, lambda actor: struct_pack(
        code := actor.country, sector := actor.sector, actor_text := actor.text,
        identifer_text := actor.name)) AS recipient,
    [type] AS event,
    if(ranked.mode IS NULL, [], [ranked.mode]) AS mode,
    struct_pack(
        name := coalesce(place.name, place.text), latitude := place.latitude,
        longitude := place.longitude, cc3 := place.country) AS event_loc,
    [trigger] AS event_text,
    quad AS quad_code,
    struct_pack(dead := killed_min, injured := injured_min) AS size_info,
    evidence AS text,
    struct_pack("start" := evidence_start, "end" := evidence_end) AS text_info,
    struct_pack(
        citation := ranked.article_id, url := articles.url, title := articles.title,
        language := articles.language, publication := articles.source, coder := 'newslake',
        codebook := 'plover-0.8', version := ranked.extractor_version) AS cite_info,
    status
FROM ranked JOIN articles USING (article_id)
