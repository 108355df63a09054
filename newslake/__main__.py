"""Runs the command `newslake`, as `python -m newslake`."""

import sys

from newslake.pipelines.cli import main

if __name__ == "__main__":
    sys.exit(main())
