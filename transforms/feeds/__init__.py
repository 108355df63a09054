"""From the bytes of a feed to entries, and when to ask the feed again. Opens no socket, no pipeline.

`read_feed` makes a `feed.Feed` of what a server sent: RSS, Atom and RDF by feedparser (`xml_feed`),
JSON Feed (`json_feed`), news sitemaps (`news_sitemap`). `keys` tells entries apart, `full_text` says
whether an entry holds its article, `policy` when a feed is due, `state` remembers it.
"""
