"""Parse feeds into entries and schedule polls. Does not import sockets or Beam.

`parse.formats.read_feed` parses a response body into a `parse.feed.Feed`: RSS, Atom and RDF with
feedparser (`parse.xml_feed`), JSON Feed (`parse.json_feed`) and news sitemaps
(`parse.news_sitemap`). `entries.keys` identifies entries. `entries.full_text` decides whether an
entry contains its article. `schedule.poll_schedule` computes when a feed is due.
`schedule.feed_state` stores the feed's state.
"""
