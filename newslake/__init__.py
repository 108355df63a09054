"""News as data: feeds, pages and archives in, a lake of Parquet out.

    import newslake

    newslake.Lake("lake").articles(published="2026-03-01", language="en")

The code lies in the folders `schemas/`, `transforms/` and `pipelines/` of the repository; beside this
file are links to them, so that all of it is imported under one name: `newslake.schemas`, and so on.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newslake.api import Lake, connect

__all__ = ["Lake", "__version__", "connect"]


def __getattr__(name: str) -> Any:
    """Return `Lake`, `connect` or `__version__`, loaded when they are first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("newslake")
    if name in __all__:
        from newslake import api

        return getattr(api, name)
    raise AttributeError(f"module 'newslake' has no attribute {name!r}")
