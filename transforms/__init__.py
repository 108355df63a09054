"""The transforms of the pipeline: one folder per step, in the order in which the DAG runs them.

In each folder, modules named by a verb are stages: they import Beam and hold no rules about news.
Modules named by a noun hold these rules and do not import Beam.
"""
