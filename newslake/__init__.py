"""Ingests news from feeds, pages and web archives into a lake of Parquet files.

    import newslake

    newslake.Lake("lake").articles(published="2026-03-01", language="en")

The code is in the folders `schemas/`, `transforms/` and `pipelines/` of the repository. This folder
holds symbolic links to them, so that the code is imported as `newslake.schemas`, and so on.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newslake.api import Lake, connect

__all__ = ["Lake", "__version__", "connect"]

__version__ = "0.1.0.dev0"


def __getattr__(name: str) -> Any:
    """Return `Lake` or `connect`; they are loaded on first use."""
    if name in __all__:
        from newslake import api

        return getattr(api, name)
    raise AttributeError(f"module 'newslake' has no attribute {name!r}")
