"""HTML: main text, headline and metadata of a web page, and whether it is an article."""
