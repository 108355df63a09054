"""The mentions do not depend on the processor, nor on how many passages are parsed at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lakes import article

from newslake.transforms.events import find_events as stage
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

TRAPS = Path(__file__).with_name("traps.tsv").read_text("utf-8").splitlines()
TEXT = "\n".join(line.partition("\t")[0] for line in TRAPS if not line.startswith("#"))
KERNELS = ("Nehalem", "Haswell", "SkylakeX", "Zen")

PROGRAM = """\
import sys
from newslake.schemas.rows import Article
from newslake.transforms.events.find_events import find_events
text = sys.stdin.read()
print(find_events(Article(article_id="a", document_id="a", url=None, canonical_url=None,
                          source="a", language="en", text=text)))
"""


def rows(kernel):
    environment = os.environ | {"OPENBLAS_CORETYPE": kernel}
    command = [sys.executable, "-c", PROGRAM]
    return subprocess.run(
        command, input=TEXT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_the_rows_are_equal_under_each_kernel_of_openblas():
    found = {kernel: rows(kernel) for kernel in KERNELS}
    assert len(found["Haswell"].split("mention_id=")) > 30
    assert len(set(found.values())) == 1


def test_the_rows_are_equal_with_batches_of_one_passage_and_of_many(monkeypatch):
    found = []
    for size in (1, 64_000):
        monkeypatch.setattr(stage, "BATCH_CHARACTERS", size)
        found.append(find_events(article("a", TEXT, language="en")))
    assert found[0] == found[1]
    assert len(found[0]) > 30
