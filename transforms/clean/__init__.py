"""Step Clean: an article's text made fit to be compared and read.

`clean.py` is the stage; `text` knows characters, lines and words, `debris` what belongs to a page
rather than to its story.
"""
