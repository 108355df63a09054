"""Beam's options, parsed once.

While Beam builds and runs a pipeline, it reads its options several hundred times. Each time, it
parses the command line. This takes a quarter of the time of a short pipeline.
"""

from typing import TypeVar

from apache_beam.options.pipeline_options import PipelineOptions

View = TypeVar("View", bound=PipelineOptions)


class Options(PipelineOptions):
    """Options that cache their views; all views share the same values."""

    def view_as(self, cls: type[View]) -> View:
        views = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        view: View = views[cls]
        return view
