"""The prefilter: selects the sentences to parse, by their words alone."""
