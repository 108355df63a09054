"""Building blocks of all stages: a map with a dead-letter output, and a sandbox for hostile input."""
