"""Python imports this module at its start if its folder is in PYTHONPATH: all waits are short.

Workers of a stream are processes of a runner, so a test cannot patch them.
"""

from datetime import timedelta

from newslake.transforms.feeds.schedule import poll_schedule
from newslake.transforms.fetch import fetch_page, site_files

SHORT = timedelta(seconds=3)

poll_schedule.MIN_PAUSE = poll_schedule.MAX_PAUSE = poll_schedule.FIRST = SHORT
poll_schedule.MOVED_FOR = site_files.ROBOTS_RETRY = SHORT
fetch_page.BACKOFF = (SHORT,) * len(fetch_page.BACKOFF)
