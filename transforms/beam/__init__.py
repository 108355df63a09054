"""What every stage is built on: a map with a dead-letter output, and a sandbox for hostile input."""
