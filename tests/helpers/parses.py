"""Dependency parses that are written by hand: tests of rules then need neither spaCy nor a model."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Word:
    """A `Token` of newslake.transforms.events.parse.tokens."""

    i: int
    text: str
    lemma_: str
    tag_: str
    dep_: str
    doc: "Parse" = field(repr=False)
    head: "Word" = field(init=False, repr=False)
    is_space = False
    like_num = False

    @property
    def lower_(self):
        return self.text.lower()

    @property
    def pos_(self):
        """The part of speech, as far as the tag determines it."""
        beginnings = {"NNP": "PROPN", "N": "NOUN", "V": "VERB", "MD": "AUX", "PRP": "PRON"}
        return next((pos for tag, pos in beginnings.items() if self.tag_.startswith(tag)), "X")

    @property
    def is_quote(self):
        return self.text in {'"', "“", "”"}

    @property
    def children(self):
        return [word for word in self.doc if word.head is self and word is not self]

    @property
    def subtree(self):
        own = {self, *(below for child in self.children for below in child.subtree)}
        return [word for word in self.doc if word in own]

    @property
    def left_edge(self):
        return self.subtree[0]

    @property
    def sent(self):
        return self.doc


class Parse(list):
    """A `Doc` with one sentence.

    Args:
        text: The words in the form `text=lemma/tag/label/head`. Without a lemma, it is the text in
            lower case. Without a head, the word depends on the root. The word after `*` is `marked`.
    """

    def __init__(self, text):
        super().__init__()
        self.user_data = {}
        rows = [[*word.removeprefix("*").split("/"), ""][:4] for word in text.split()]
        for form, tag, label, _ in rows:
            name, _, lemma = form.partition("=")
            self.append(Word(len(self), name, lemma or name.lower(), tag, label, self))
        [root] = [word for word in self if word.dep_ == "ROOT"]
        for word, (*_, head) in zip(self, rows, strict=True):
            word.head = next((other for other in self if other.text == head), root)
        self.marked = next(
            (self[n] for n, word in enumerate(text.split()) if word.startswith("*")), root
        )
