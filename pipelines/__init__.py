"""The DAG, the two commands that run the DAG, and the commands that read or change a lake."""
