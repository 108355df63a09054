"""Entries of feeds: their keys, full text and rows in the lake."""
