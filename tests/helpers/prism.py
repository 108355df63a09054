"""Whether Beam's runner in Go is there, which `make prism` builds."""

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.engine import engine


def lack():
    try:
        engine("PrismRunner", 1, [])
    except WrongOption as error:
        return str(error)
    return ""
