"""Bytes of a feed to entries: RSS, Atom, JSON Feed, news sitemaps, also broken ones."""
