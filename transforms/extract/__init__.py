"""Step Extract: the bytes of a document in, an article with its text and metadata out.

`extract.py` is the stage; the nouns are what it knows: `charset` makes text of bytes; `page`, `plain`,
`markdown` and `item` each read one kind of document into a `Content`; `address`, `dates` and
`language` tell the address, the day and the language.
"""
