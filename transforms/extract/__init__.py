"""Step Extract: turns the bytes of a document into an article with text and metadata.

`extract.py` is the stage. It calls `by_media_type.py` in a sandbox, which parses a document with
`html` or `text` into a `Content`. `fields` parses dates, bylines and languages.
"""
