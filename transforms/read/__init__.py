"""From what the user names to documents.

In the driver: `listing` (what are the inputs?) and `chunks` (how much goes into one run?).
On the workers: `read`, the stage, and `files`, which it calls.
"""
