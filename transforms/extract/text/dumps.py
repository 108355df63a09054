"""Renames the fields of objects dumped by other tools to the names that `item` reads.

A tool is recognised by field names that only this tool uses. Fields without a column
are stored in `extra` under their own name. If two fields map to one column, the less preferred
field is stored in `extra` as `TOOL.NAME`. docs/input.md has the table. A download time is never
used as a publication time.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tool:
    """The field names in a tool's objects."""

    name: str
    """The tool's own name."""
    signs: tuple[frozenset[str], ...]
    """If an object has all field names of one of these sets, this tool has written it."""
    fields: dict[str, str]
    """Maps the tool's names of fields (with dots for nested fields) to our names. If several of
    the tool's fields map to one of ours, newslake uses the first one that has a value."""


TOOLS = (
    Tool(
        "news-please",
        (frozenset({"maintext", "date_publish"}),),
        {"maintext": "text", "date_publish": "published_at", "date_modify": "updated_at"},
    ),
    Tool(
        "fundus",
        (frozenset({"publishing_date", "plaintext"}), frozenset({"publishing_date", "body"})),
        {
            "plaintext": "text",
            "body": "text",
            "publishing_date": "published_at",
            "topics": "keywords",
            "lang": "language",
            "html.responded_url": "url",
            "html.requested_url": "url",
            "html.crawl_date": "fundus.crawl_date",
            "html.source_info": "fundus.source_info",
        },
    ),
    Tool(
        "datatrove",
        (frozenset({"text", "id", "metadata"}), frozenset({"text", "id", "dump", "file_path"})),
        {
            "metadata.url": "url",
            "metadata.title": "title",
            "metadata.language": "language",
            "metadata.date": "datatrove.date",
            "date": "datatrove.date",
        },
    ),
    Tool(
        "mediacloud",
        (frozenset({"text_content", "article_title"}), frozenset({"media_name", "publish_date"})),
        {
            "text_content": "text",
            "article_title": "title",
            "publication_date": "published_at",
            "publish_date": "published_at",
            "url": "url",
            "canonical_url": "url",
            "original_url": "url",
        },
    ),
)
"""The supported tools: news-please, Fundus, datatrove (its date is the crawl date), Media Cloud."""

_NOTHING: tuple[object, ...] = (None, "", "None", [], {})


def translated(item: dict[str, object]) -> dict[str, object]:
    """Replace the tool's field names in `item` by ours; return `item` unchanged for unknown tools.

    >>> translated({"maintext": "Talks go on.", "date_publish": "2024-03-01", "filename": "a.html"})
    {'filename': 'a.html', 'text': 'Talks go on.', 'published_at': '2024-03-01'}
    """
    for tool in TOOLS:
        if any(signs <= item.keys() for signs in tool.signs):
            return _renamed(item, tool)
    return item


def _renamed(item: dict[str, object], tool: Tool) -> dict[str, object]:
    rest, found = _flat(item, {name.partition(".")[0] for name in tool.fields if "." in name}), {}
    for theirs, ours in tool.fields.items():
        value = _plain(rest.pop(theirs, None))
        if value in _NOTHING:
            continue
        if ours in found:
            rest[f"{tool.name}.{theirs}"] = value
        else:
            found[ours] = value
    in_the_way = {f"{tool.name}.{name}": rest.pop(name) for name in found.keys() & rest.keys()}
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
