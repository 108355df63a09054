"""The option `--metrics`: the state of a running command, for Prometheus (docs/metrics.md)."""
