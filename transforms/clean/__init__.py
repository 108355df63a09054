"""Step Clean: normalise an article's text and metadata and remove lines that are not story text.

`clean.py` is the stage. `debris` finds boilerplate lines, which belong to the page and not to the
story; `credits` finds bylines and dates.
"""
