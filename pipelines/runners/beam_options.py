"""Beam's options, read once.

Beam looks at its options several hundred times while it builds and runs a pipeline, and makes a parser of
the command line each time: a fourth of what a short pipeline takes.
"""

from typing import TypeVar

from apache_beam.options.pipeline_options import PipelineOptions

View = TypeVar("View", bound=PipelineOptions)


class Options(PipelineOptions):
    """Options whose views are made at the first look and kept; all of them share their values."""

    def view_as(self, cls: type[View]) -> View:
        views = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        view: View = views[cls]
        return view
