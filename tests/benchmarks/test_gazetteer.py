"""The usual English names of cities, which the generator of places.tsv chooses."""

from importlib import import_module

import pytest
from paths import BENCHMARKS


@pytest.fixture
def gazetteer(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("gazetteer")


def city(name, country, *others):
    return {"name": name, "countrycode": country, "alternatenames": list(others)}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Кривий Ріг", "Kryvyi Rih"),
        ("Запоріжжя", "Zaporizhzhia"),
        ("Єнакієве", "Yenakiieve"),
        ("Згурівка", "Zghurivka"),
    ],
)
def test_a_ukrainian_name_has_its_official_transliteration(gazetteer, name, expected):
    assert gazetteer.transliterated(name) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (city("Kryvyy Rih", "UA", "Кривой Рог", "Кривий Ріг"), "Kryvyi Rih"),
        (city("Nizhniy Novgorod", "RU"), "Nizhny Novgorod"),
        (city("Ryazan’", "RU"), "Ryazan"),
        (city("Rafaḩ", "PS"), "Rafah"),
        (city("Xi’an", "CN"), "Xi’an"),
        (city("Bogotá", "CO"), "Bogotá"),
    ],
)
def test_the_usual_name_has_the_marks_of_english_language_news(gazetteer, found, expected):
    assert gazetteer.usual_name(found) == expected


def test_a_name_in_city_names_comes_first_and_the_name_of_its_region_is_left_out(gazetteer):
    found = city("Gaza", "PS", "Ghazah", "غزة")
    assert gazetteer.spellings(found, {("PS", "Gaza"): ["Gaza City"]}) == ["Gaza City", "Ghazah"]
