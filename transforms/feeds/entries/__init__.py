"""Entries of feeds: which is which, whether it holds the article, and its row in the lake."""
