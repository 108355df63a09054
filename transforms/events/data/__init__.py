"""The tables of words, actors and places (.tsv) and the functions that look them up."""
