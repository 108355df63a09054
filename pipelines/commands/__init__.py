"""The commands that look at a lake or change it, one module each; `base.py` is what they share."""
