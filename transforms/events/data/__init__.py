"""The tables of knowledge, tab-separated, and what looks words and names up in them."""
