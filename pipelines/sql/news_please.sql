-- The articles with the fields of news-please 1.6, see its module `newsplease/NewsArticle.py`.

SELECT
    authors,
    strftime(seen_at, '%Y-%m-%d %H:%M:%S') AS date_download,
    strftime(modified_at, '%Y-%m-%d %H:%M:%S') AS date_modify,
    strftime(published_at, '%Y-%m-%d %H:%M:%S') AS date_publish,
    NULL AS description,
    NULL AS filename,
    image_url,
    language,
    NULL AS localpath,
    text AS maintext,
    source AS source_domain,
    NULL AS text,
    title,
    NULL AS title_page,
    NULL AS title_rss,
    url
FROM articles
