"""Python imports this module at its start if its folder is in PYTHONPATH: feeds are polled often.

Workers of a stream are processes of a runner, so a test cannot patch them.
"""

from datetime import timedelta

from newslake.transforms.feeds.schedule import poll_schedule

poll_schedule.MIN_PAUSE = poll_schedule.MAX_PAUSE = poll_schedule.FIRST = timedelta(seconds=3)
