"""Mentions of the same event get the same key, measured on reports that we wrote ourselves."""

import json
import sys
from importlib import import_module

import pytest
from paths import BENCHMARKS

from newslake.transforms.events.parse.model import model_name


@pytest.fixture
def program(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("event_keys")


def test_b_cubed_of_perfect_merged_and_split_clusters(program):
    gold = ["a", "a", "b", "b"]
    assert program.b_cubed(gold, [1, 1, 2, 2])["f1"] == 1
    assert program.b_cubed(gold, [1, 1, 1, 1])["precision"] == 0.5
    assert program.b_cubed(gold, [None] * 4)["recall"] == 0.5


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_the_key_is_better_than_type_day_and_countries(program, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["event_keys.py", "--json"])
    assert program.main() == 0
    keys = json.loads(capsys.readouterr().out)["keys"]
    assert keys["event_key"]["f1"] > keys["type, day and countries"]["f1"]
    assert keys["event_key"]["precision"] >= 0.95
