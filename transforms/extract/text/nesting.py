"""How deep JSON is nested: whoever walks over it goes no deeper than any stack is sure to bear."""

MAX_NESTING = 100
"""Lists and objects within each other. The parser's own limit is near 1,000 less what its callers take."""


def is_too_deep(value: object, most: int = MAX_NESTING) -> bool:
    """Return whether in a JSON value more than `most` lists and objects stand within each other.

    >>> is_too_deep({"a": [1]}, 2), is_too_deep({"a": [[]]}, 2)
    (False, True)
    """
    level = [value]
    for _ in range(most):
        level = [inner for outer in level for inner in _within(outer)]
    return any(isinstance(one, list | dict) for one in level)


def _within(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
