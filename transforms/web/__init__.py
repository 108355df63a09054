"""Formats of the web, used to read and fetch: URLs, content encodings, HTTP times, opt-outs."""
