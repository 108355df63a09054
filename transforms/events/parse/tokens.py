"""The attributes of a dependency parse that the rules read. spaCy's classes have them.

The types are protocols. Therefore mypy can check the rules without spaCy, an optional dependency.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, overload


class Token(Protocol):
    """A word or punctuation mark, like `spacy.tokens.Token`."""

    i: int
    """Index of the token in its document."""
    idx: int
    """Character offset of the token in the text of its document."""
    text: str
    lower_: str
    lemma_: str
    pos_: str
    """Part of speech, a universal tag such as VERB."""
    tag_: str
    """Part of speech, a tag of the Penn Treebank such as VBD."""
    dep_: str
    """Label of the dependency on `head`, such as nsubj; ROOT if the token is its own head."""
    head: "Token"
    children: Iterable["Token"]
    subtree: Iterable["Token"]
    """The token and all tokens that depend on it, in text order."""
    left_edge: "Token"
    """First token of `subtree`."""
    right_edge: "Token"
    """Last token of `subtree`."""
    sent: "TokenSpan"
    doc: "Doc"
    like_num: bool
    is_punct: bool
    is_quote: bool
    is_space: bool

    def __len__(self) -> int: ...


class TokenSpan(Protocol):
    """Consecutive tokens, such as a sentence, like `spacy.tokens.Span`."""

    doc: "Doc"
    root: Token
    """The token on which all others depend."""
    text: str
    start: int
    """Index of the first token in the document."""
    start_char: int
    """Character offset of the first token."""
    end_char: int
    """Character offset after the last token."""

    def __iter__(self) -> Iterator[Token]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, place: int) -> Token: ...


class Doc(Protocol):
    """A parsed text, like `spacy.tokens.Doc`."""

    sents: Iterable[TokenSpan]
    user_data: dict[Any, Any]
    """Values that newslake caches for the document."""

    def __iter__(self) -> Iterator[Token]: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, place: int) -> Token: ...
    @overload
    def __getitem__(self, place: slice) -> TokenSpan: ...
    def char_span(self, start: int, end: int, *, alignment_mode: str = ...) -> TokenSpan | None: ...
