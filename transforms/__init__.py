"""How it changes: one folder a step of the DAG, in the order an article meets them.

Inside a folder, modules named by a verb are stages (they import Beam and know nothing of news), and
modules named by a noun are knowledge (pure, Beam-free).
"""
