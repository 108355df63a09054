"""Step Extract: turns the bytes of a document into an article with text and metadata.

`extract.py` is the stage, `by_media_type.py` its parsing step, which runs in a sandbox. `html` and
`text` parse one input format each into a `Content`; `fields` parses dates, bylines and languages.
"""
