"""Which documents are copies or later versions: within the run and against what the lake holds."""
