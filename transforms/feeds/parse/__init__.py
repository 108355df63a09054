"""Parse feeds into entries: RSS, Atom, JSON Feed and news sitemaps, including malformed ones."""
