"""Parsers of fields that all input formats have: dates, bylines, languages."""
