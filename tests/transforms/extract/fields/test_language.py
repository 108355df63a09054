import pytest

from newslake.transforms.extract.fields.language import language_of


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The minister said on Monday that talks would go on for another week."),
        ("de", "Der Minister sagte am Montag, die Gespräche gingen noch eine Woche weiter."),
        ("uk", "Міністр заявив у понеділок, що переговори триватимуть ще тиждень."),
        ("ar", "قال الوزير يوم الاثنين إن المحادثات ستستمر أسبوعا آخر"),
        ("zh", "部长周一表示，会谈将再持续一周，双方都希望达成停火协议。"),
    ],
)
def test_the_language_is_detected_from_the_text(code, text):
    language, confidence = language_of(text, declared="fr")
    assert language == code
    assert confidence > 0.8


@pytest.mark.parametrize(("declared", "code"), [("pt-BR", "pt"), ("EN_us", "en"), (None, None)])
def test_a_text_too_short_for_detection_has_its_declared_language(declared, code):
    assert language_of("Truce 2024-03-01 12:00", declared) == (code, None)


def test_figures_have_no_language():
    assert language_of("1 2 3 4 5 6 7 8 9 10 " * 20) == (None, None)
