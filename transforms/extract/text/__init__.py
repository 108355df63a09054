"""Parsers of input formats other than HTML: plain text, Markdown and JSON; character sets."""
