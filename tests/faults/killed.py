"""Run `newslake` and kill it at a named step of the commit protocol: killed.py STEP WORD…

The process sends SIGKILL to itself: it flushes, closes and prints nothing.
"""

import os
import signal
import sys

from newslake.pipelines.cli import main
from newslake.transforms.lake.storage import Storage

link = Storage.link
links_shown = 0


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def of_a_commit(new_name):
    return new_name.startswith("_log/") and new_name != "_log/00000000.json"


def before_entry(self, name, new_name):
    if of_a_commit(new_name):
        die()
    link(self, name, new_name)


def after_entry(self, name, new_name):
    link(self, name, new_name)
    if of_a_commit(new_name):
        die()


def between_links(self, name, new_name):
    global links_shown
    link(self, name, new_name)
    if "/part-" in new_name and "/part-00000000" not in new_name:
        links_shown += 1
        if links_shown == 2:
            die()


STEPS = {"before_entry": before_entry, "after_entry": after_entry, "between_links": between_links}

if __name__ == "__main__":
    Storage.link = STEPS[sys.argv[1]]
    sys.exit(main(sys.argv[2:]))
