"""Step Clean: an article's text made fit to be compared and read.

`clean.py` is the stage; `debris` knows what belongs to a page rather than to its story, `credits` the
lines that say by whom it is and when.
"""
