"""The prefilter: selects by words alone the sentences that are parsed."""
