"""Which sentences are worth a parse: the lexicon, asked word by word."""
