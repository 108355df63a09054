"""Prints pipelines/sql/view_columns.json: the columns of the views of a lake.

python docs/view_columns.py > pipelines/sql/view_columns.json
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from newslake.pipelines.sql.statements import VIEWS
from newslake.pipelines.sql.views import connect
from newslake.transforms.dedupe.lake_index import open_lake


def view_columns() -> str:
    """Return the JSON object, with one view per line."""
    with TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        open_lake(lake).create()
        with connect(lake) as database:
            columns = {
                view: [name for name, *_ in database.sql(f"DESCRIBE {view}").fetchall()]
                for view in VIEWS
                if view != "macros"
            }
    lines = [f"\n {json.dumps(view)}: {json.dumps(names)}" for view, names in columns.items()]
    return "{" + ",".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.stdout.write(view_columns())
