"""HTML: extracts main text, headline and metadata of a web page and rejects non-articles."""
