"""Read input files into documents.

The driver calls `listing`, which finds the input files, and `chunks`, which divides them among
bounded runs. The workers run `read`, the stage, which calls `files`.
"""
