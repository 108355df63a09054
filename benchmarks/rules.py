"""Effect of each rule of transforms/events: mentions in real articles with and without the rule.

    python benchmarks/rules.py FOLDER… [--rule NAME…] [--rows FILE] [--json]

FOLDER contains articles at any depth: web pages (*.html, *.html.gz) or plain text (*.txt). The
program extracts the mentions of all English articles with all rules, then without each rule: it
replaces the rule's function by one that returns a neutral value, or empties a class of words.tsv.
It counts the documents and mentions that change. Whether a change is an improvement must be judged
manually: --rows writes each changed mention with and without the rule, as one JSON object per line.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from events_cost import article_of
from switches import replaced, switched_off
from throughput import content

from newslake.pipelines.commands.terminal import table
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events import find_events as stage
from newslake.transforms.events.data import inflections, lexicon
from newslake.transforms.events.parse.grammar import objects_of
from newslake.transforms.events.parse.model import load_model, model_name
from newslake.transforms.events.prefilter import requirements
from newslake.transforms.formats import formats_with
from newslake.transforms.read.names import ending

PACKAGE = "newslake.transforms.events"
DISABLED: dict[str, Any] = {
    "rules.arguments.is_agentless": False,
    "rules.assertion._adds_news": True,
    "rules.assertion.is_ailment": False,
    "rules.assertion.is_demanded": False,
    "rules.assertion.is_mishap": False,
    "rules.assertion.is_news": True,
    "rules.assertion._is_some": False,
    "rules.assertion.passes": True,
    "rules.assertion.targets": [],
    "expressions.casualties.injured": (),
    "expressions.casualties.killed": (),
    "rules.clauses._judges": False,
    "expressions.datelines.dateline_of": "",
    "parse.grammar._antecedent": lambda subject, verb: subject,
    "parse.grammar._authors": [],
    "parse.grammar._examples": [],
    "parse.grammar.is_fronted": False,
    "parse.grammar.with_parts": list,
    "prefilter.passages._join_quotations": None,
    "rules.parties.is_expert": False,
    "rules.parties.is_official": True,
    "rules.parties.officials_in": {},
    "rules.parties.owners": [],
    "slots.pronouns.antecedent": None,
    "slots.event_time._is_adverbial": True,
    "slots.event_time._is_aside": False,
    "slots.event_time._is_before": False,
    "slots.event_time._is_means": False,
    "slots.event_time._is_undated": False,
    "slots.event_time._reporting_verb": None,
    "slots.event_time.is_of_the_day": False,
    "slots.event_time.time_expression_of": None,
    "rules.speech._quoted": [],
    "rules.speech.speakers": [],
    "prefilter.topic.is_sporting": False,
    "rules.status._is_averted": False,
    "rules.status._is_reported": False,
    "rules.status.is_undatable": False,
    "rules.status.is_future": False,
    "rules.status.is_conditional": False,
    "rules.status.is_historical": False,
    "rules.status.is_hypothetical": False,
    "rules.status.is_negated": False,
    "rules.status.has_future_date": False,
    "slots.victims._is_apart": False,
    "prefilter.topic.is_violent": False,
    "slots.event_place.is_site": False,
    "slots.event_place._circumstances": [],
    "slots.event_place._within": objects_of,
    "slots.event_place.place_of": None,
}
"""Functions that implement a rule, with the value or function that replaces them to disable it."""

IDENTITIES = {"mention_id", "text_hash", "event_key", "extractor_version", "run_id", "confidence"}
"""Fields that are not compared: they depend on other fields or on the whole article."""

ENDINGS = (".html", ".html.gz", ".txt")
"""The ends of the names of the files to read."""

Rows = dict[int, dict[str, Any]]
"""The mentions of an article by the offset of their trigger."""


class CachingModel:
    """A language model that caches the parse of each text."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._parses: dict[str, Any] = {}

    def pipe(self, texts: Sequence[str]) -> list[Any]:
        """Return the parses of `texts`."""
        new = [text for text in dict.fromkeys(texts) if text not in self._parses]
        self._parses.update(zip(new, self._model.pipe(new), strict=True))
        return [self._parses[text] for text in texts]


@contextmanager
def without(rule: str) -> Iterator[None]:
    """Disable a function of `DISABLED` or a class of words.tsv while the context is open."""
    if rule in DISABLED:
        with switched_off(PACKAGE, rule, DISABLED[rule]):
            yield
        return
    classes = lexicon._classes()
    members, classes[rule] = classes[rule], frozenset()
    clear_caches()
    try:
        yield
    finally:
        classes[rule] = members
        clear_caches()


def clear_caches() -> None:
    """Clear the caches of values that are derived from the classes of words."""
    for value in (*vars(requirements).values(), *vars(inflections).values()):
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def rows_of(article: Article) -> Rows:
    """Return the mentions of `article`."""
    return {mention.trigger_start: fields(mention) for mention in stage.find_events(article)}


def fields(mention: Mention) -> dict[str, Any]:
    """Return the fields of a mention that are compared."""
    return {name: value for name, value in asdict(mention).items() if name not in IDENTITIES}


def changed(with_it: Rows, without_it: Rows) -> list[dict[str, Any]]:
    """Return the mentions that a rule changes, with and without the rule, in text order."""
    offsets = sorted(with_it.keys() | without_it.keys())
    pairs = [(with_it.get(offset), without_it.get(offset)) for offset in offsets]
    return [{"with": one, "without": other} for one, other in pairs if one != other]


def articles_in(folders: Sequence[Path]) -> dict[str, Article]:
    """Return the English articles by path; of articles with equal texts, only the first."""
    found: dict[str, Article] = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        if not path.name.endswith(ENDINGS):
            continue
        media_type = formats_with(ending(path.name))[-1].media_type
        if article := article_of(content(path), media_type):
            found[str(path)] = article
    texts = {article.text: path for path, article in reversed(found.items())}
    return {path: found[path] for path in reversed(texts.values())}


def effects(articles: dict[str, Article], names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield each mention that a rule changes, with and without the rule, rule by rule."""
    model = CachingModel(load_model())
    with replaced(PACKAGE, stage.exclusive_model, lambda: nullcontext(model)):
        whole = {path: rows_of(article) for path, article in articles.items()}
        for name in names:
            with without(name):
                for path, article in articles.items():
                    for change in changed(whole[path], rows_of(article)):
                        yield {"rule": name, "document": path} | change


def main() -> int:
    """Compare the mentions with and without each rule, print the table; return the exit code."""
    every = [*DISABLED, *lexicon._classes()]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="+", help="*.html, *.html.gz and *.txt")
    parser.add_argument(
        "--rule", nargs="+", choices=every, metavar="NAME", help="default: all rules"
    )
    parser.add_argument("--rows", type=Path, help="write each change to this file")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    options = parser.parse_args()
    for folder in options.folder:
        if not folder.is_dir():
            print(f"rules.py: no folder {folder}", file=sys.stderr)
            return 2
    if model_name() is None:
        print("rules.py: no language model; pip install 'newslake[events]'", file=sys.stderr)
        return 2
    articles = articles_in(options.folder)
    if not articles:
        folders = ", ".join(map(str, options.folder))
        print(f"rules.py: no English article in {folders}", file=sys.stderr)
        return 2
    names = options.rule or every
    found = list(effects(articles, names))
    if options.rows:
        lines = (json.dumps(one, ensure_ascii=False, default=str) + "\n" for one in found)
        options.rows.write_text("".join(lines), encoding="utf-8")
    counts = {
        name: {
            "documents": len({one["document"] for one in found if one["rule"] == name}),
            "rows": sum(one["rule"] == name for one in found),
        }
        for name in names
    }
    if options.json:
        print(json.dumps(counts))
    else:
        rows = [[name, *one.values()] for name, one in counts.items()]
        table(["rule", "documents", "rows"], rows, title=f"changed of {len(articles):,} articles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
