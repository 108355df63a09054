"""The stages of the DAG."""

import importlib
import pkgutil

import apache_beam as beam

from newslake import transforms


def stage_names():
    """Return the names of all classes in `transforms/` that are Beam transforms."""
    names = set()
    for found in pkgutil.walk_packages(transforms.__path__, f"{transforms.__name__}."):
        for value in vars(importlib.import_module(found.name)).values():
            if isinstance(value, type) and issubclass(value, beam.PTransform):
                names.add(value.__name__)
    return names
