"""Run the DAG: Beam's runners by name, and bounded runs that stage and commit."""
