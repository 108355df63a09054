"""The DAG, the two commands that feed it, and the commands that read or change a lake."""
