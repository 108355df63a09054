"""The options of a stream's source; the driver passes them to the worker that crawls."""

from dataclasses import dataclass
from datetime import timedelta

from newslake.transforms.fetch.fetch_options import FetchOptions


@dataclass(frozen=True)
class StreamOptions:
    """The options of a stream's source."""

    name: str
    """Name of the stream."""
    feeds: tuple[str, ...]
    """URLs of feeds, and absolute paths of lists of feeds."""
    fetch_options: FetchOptions
    every: timedelta
    """Time between two checks for feeds that are due."""
    window: timedelta
    """Length of the windows. Each window allows `pages_per_site` further pages for each site."""
    start_id: str = ""
    """Id of a start of the stream. The driver sets it."""

    @property
    def run_id(self) -> str:
        """The end of the ids of the stream's runs; there is a run for each window."""
        return f"{self.name}-{self.start_id}"
