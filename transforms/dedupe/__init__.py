"""Step Deduplicate: find copies and later versions, within a run and against the lake."""
