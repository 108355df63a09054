"""Formats of the web, for reading and fetching: URLs, encodings, HTTP times, opt-outs."""
