"""Tells whether Prism is installed, Beam's runner in Go; `make prism` builds it."""

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.engine import engine


def lack():
    try:
        engine("PrismRunner", None, [])
    except WrongOption as error:
        return str(error)
    return ""
