"""Renames the fields of objects dumped by other tools to the names that `item` reads.

The tools are in dumps.tsv. A tool is recognised by field names that only this tool uses. Fields
without a column are stored in `extra` under their own name. If two fields map to one column, the
less preferred field is stored in `extra` as `TOOL.NAME`. docs/input.md has the table. A download
time is never used as a publication time.
"""

from typing import NamedTuple

from newslake.transforms.tsv import read_rows


class Tool(NamedTuple):
    """The field names in a tool's objects."""

    signs: list[set[str]]
    """If an object has all field names of one of these sets, this tool has written it."""
    fields: dict[str, str]
    """Maps the tool's names of fields (with dots for nested fields) to our names."""


def _tools() -> dict[str, Tool]:
    """Return the tools of dumps.tsv by name."""
    tools: dict[str, Tool] = {}
    for kind, name, *values in read_rows(__package__, "dumps.tsv"):
        tool = tools.setdefault(name, Tool([], {}))
        if kind == "sign":
            tool.signs.append(set(values[0].split()))
        else:
            theirs, ours = values
            tool.fields[theirs] = ours
    return tools


TOOLS = _tools()
"""The supported tools by name."""

_NOTHING: tuple[object, ...] = (None, "", "None", [], {})


def translated(item: dict[str, object]) -> dict[str, object]:
    """Replace the tool's field names in `item` by ours; return `item` unchanged for unknown tools.

    >>> translated({"maintext": "Talks go on.", "date_publish": "2024-03-01", "filename": "a.html"})
    {'filename': 'a.html', 'text': 'Talks go on.', 'published_at': '2024-03-01'}
    """
    for name, tool in TOOLS.items():
        if any(signs <= item.keys() for signs in tool.signs):
            return _renamed(item, name, tool.fields)
    return item


def _renamed(item: dict[str, object], tool: str, fields: dict[str, str]) -> dict[str, object]:
    rest, found = _flat(item, {name.partition(".")[0] for name in fields if "." in name}), {}
    for theirs, ours in fields.items():
        value = _plain(rest.pop(theirs, None))
        if value in _NOTHING:
            continue
        if ours in found:
            rest[f"{tool}.{theirs}"] = value
        else:
            found[ours] = value
    in_the_way = {f"{tool}.{name}": rest.pop(name) for name in found.keys() & rest.keys()}
    kept = {name: value for name, value in in_the_way.items() if value not in _NOTHING}
    return rest | found | kept


def _flat(item: dict[str, object], nested: set[str]) -> dict[str, object]:
    """Return `item` with the objects in `nested` flattened to dotted names, without the HTML."""
    flat: dict[str, object] = {}
    for name, value in item.items():
        if name in nested and isinstance(value, dict):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            flat[name] = value
    flat.pop("html.content", None)  # the object also has the extracted text
    return flat


def _plain(value: object) -> object:
    """Return the text of a Fundus body (summary and sections), or any other value unchanged."""
    if not isinstance(value, dict):
        return value
    sections = value.get("sections")
    parts = [value.get("summary")]
    for section in sections if isinstance(sections, list) else []:
        if isinstance(section, dict):
            parts += [section.get("headline"), section.get("paragraphs")]
    lists = [part for part in parts if isinstance(part, list)]
    return "\n".join(line for part in lists for line in part if isinstance(line, str)) or value
