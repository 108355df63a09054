import pytest

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import MAX_PAYLOAD, Empty
from newslake.schemas.records import Document
from newslake.transforms.beam.dead_letter import MapWithDeadLetter


def document(payload, locator="file:a.txt"):
    return Document(document_id(locator, payload), locator, payload, "text/plain", "folder")


def pass_on(given: Document) -> Document:
    if given.payload == b"":
        raise Empty("0 bytes")
    if given.payload == b"bug":
        raise KeyError("title")
    return given


def test_the_result_of_the_function_is_emitted(run_stage):
    kept, rejected = run_stage([document(b"text")], MapWithDeadLetter(pass_on, stage="Pass"))
    assert kept == [document(b"text")]
    assert rejected == []


def test_a_refusal_is_kept_with_its_reason_and_its_input(run_stage):
    _, [rejected] = run_stage([document(b"")], MapWithDeadLetter(pass_on, stage="Pass"))
    assert (rejected.stage, rejected.reason, rejected.detail) == ("Pass", "empty", "0 bytes")
    assert (rejected.locator, rejected.payload) == ("file:a.txt", b"")


def test_a_crash_is_kept_with_its_traceback_and_its_input(run_stage):
    kept, [rejected] = run_stage([document(b"bug")], MapWithDeadLetter(pass_on, stage="Pass"))
    assert kept == []
    assert rejected.reason == "crash_KeyError"
    assert 'raise KeyError("title")' in rejected.detail
    assert rejected.payload == b"bug"


def test_a_reject_quotes_its_input_as_visible_text(run_stage):
    def refuse(given: Document) -> Document:
        raise Empty("cut by \x1b[31mevil\x00\ufeff")

    _, [rejected] = run_stage([document(b"")], MapWithDeadLetter(refuse, stage="Refuse"))
    assert rejected.detail == "cut by [31mevil"


@pytest.mark.parametrize(("size", "kept"), [(MAX_PAYLOAD, True), (MAX_PAYLOAD + 1, False)])
def test_a_payload_over_the_limit_is_kept_as_its_digest_only(run_stage, size, kept):
    def refuse(given: Document) -> Document:
        raise Empty("no")

    _, [rejected] = run_stage([document(b"x" * size)], MapWithDeadLetter(refuse, stage="Refuse"))
    assert (rejected.payload is not None) == kept
    assert len(rejected.payload_digest) == 32
