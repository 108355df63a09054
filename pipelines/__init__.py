"""Where it runs: the one DAG, the ways to feed it, and the lake's own commands."""
