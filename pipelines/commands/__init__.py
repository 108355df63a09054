"""The commands that read or change a lake, one module each; `base.py` contains the shared parts."""
