"""Named features: functions that ask a question about a parse and answer in words."""

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

Subject = TypeVar("Subject")


class Feature(NamedTuple, Generic[Subject]):
    """A registered feature."""

    name: str
    group: str
    """The group that `benchmarks/fit_events.py` leaves out together."""
    ask: Callable[[Subject], Iterable[str]]
    """Returns the answers. Each answer, written `name=answer`, has weights."""


class Features(Generic[Subject]):
    """The features that speak to one decision."""

    def __init__(self) -> None:
        self.by_name: dict[str, Feature[Subject]] = {}

    def register(
        self, group: str
    ) -> Callable[[Callable[[Subject], Iterable[str]]], Callable[[Subject], Iterable[str]]]:
        """Return a decorator that registers a function as a feature under its name."""

        def register(
            ask: Callable[[Subject], Iterable[str]],
        ) -> Callable[[Subject], Iterable[str]]:
            self.by_name[ask.__name__] = Feature(ask.__name__, group, ask)
            return ask

        return register

    def of(self, subject: Subject, names: Iterable[str] | None = None) -> list[str]:
        """Return the answers of all features, or of those in `names`, each as `name=answer`."""
        asked = self.by_name.values() if names is None else map(self.by_name.__getitem__, names)
        found = [f"{one.name}={answer}" for one in asked for answer in one.ask(subject)]
        return list(dict.fromkeys(found))
