"""Step Clean: normalise an article's text and metadata and remove lines that are not the story.

`clean.py` is the stage. `debris` finds boilerplate lines of the page, `credits` finds bylines and
dates.
"""
