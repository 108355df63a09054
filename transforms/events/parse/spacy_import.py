"""Imports spaCy without its command line interface, which would take 11 MB and 0.3 s.

spaCy's package imports `spacy.cli.info.info`. It imports no other name from `spacy.cli`.
"""

import sys
from types import SimpleNamespace
from typing import Any


def import_spacy() -> Any:
    """Return the module `spacy`; `spacy.cli` can still be imported later.

    No other thread may import `spacy.cli` at the same time.
    """
    stub: Any = SimpleNamespace(info=None)
    added = {"spacy.cli": stub, "spacy.cli.info": stub} if "spacy" not in sys.modules else {}
    sys.modules.update(added)
    try:
        import spacy
    finally:
        for name in added:
            del sys.modules[name]
    if added:
        del vars(spacy)["info"]
    return spacy
