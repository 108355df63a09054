import codecs
import random

import pytest

from newslake.schemas.reasons import Binary, Undecodable
from newslake.transforms.web.charset import decode

GERMAN = "Für die Behörden in München war die Lage völlig unklar – „größer“ als üblich. "
RUSSIAN = "Переговоры о прекращении огня продолжаются, заявил министр обороны в понедельник. "
JAPANESE = "停戦協議は月曜日も続いていると国防相が述べた。両国は合意を目指している。"


def page(text, declared=None):
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("written", "hint", "declared"),
    [
        pytest.param("utf-8", None, None, id="nothing declared"),
        pytest.param("utf-8", "iso-8859-1", None, id="the header is wrong"),
        pytest.param("utf-8", None, "iso-8859-1", id="the page is wrong"),
        pytest.param("cp1252", None, None, id="an old page that declares nothing"),
        pytest.param("cp1252", "utf-8", "utf-8", id="an old page that says UTF-8"),
        pytest.param("cp1252", None, "latin1", id="Latin-1 means cp1252"),
        pytest.param("utf-16-le", "utf-16le", None, id="UTF-16 by the header"),
        pytest.param("utf-16-be", None, None, id="UTF-16 without a word"),
    ],
)
def test_umlauts_are_right(written, hint, declared):
    text = page(GERMAN * 5, declared)
    assert decode(text.encode(written), hint) == text


@pytest.mark.parametrize(
    ("text", "written", "declared"),
    [
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8-r", None),
        (RUSSIAN, "cp1251", None),
        (JAPANESE, "shift_jis", None),
        (JAPANESE, "euc_jp", "euc-jp"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (JAPANESE.replace("議", "议"), "gb18030", "gb2312"),
    ],
)
def test_other_scripts_are_right(text, written, declared):
    text = page(text * 5, declared)
    assert decode(text.encode(written)) == text


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF8 * 2, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_is_obeyed_and_dropped(mark, charset):
    assert decode(mark + GERMAN.encode(charset), "windows-1251") == GERMAN


def test_a_page_cut_within_a_character_is_kept():
    assert decode((GERMAN * 3).encode()[:-28]).startswith(GERMAN)


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("broken", ["\ud800", "\ud83d\ud83d"])
def test_a_broken_unit_does_not_make_a_wide_page_of_ascii_binary(charset, mark, broken):
    text = page(f"Both sides{broken} met.")
    hint = None if mark else charset
    decoded = decode((mark + text).encode(charset, "surrogatepass"), hint)
    assert decoded.replace("\ufffd", "") == text.replace(broken, "")
    assert "\ufffd" in decoded


@pytest.mark.parametrize("tail", [b"\n", b"\0", b"\xd8\0"])
def test_a_wide_page_cut_within_a_unit_is_kept(tail):
    text = page("Both sides met.")
    for mark, charset in [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]:
        assert decode(mark + text.encode(charset) + tail).startswith(text)


def test_noise_after_a_byte_order_mark_is_refused():
    with pytest.raises(Binary):
        decode(codecs.BOM_UTF16_LE + b"\0\xd8" * 100 + "Both sides met.".encode("utf-16-le"))


def test_one_stray_byte_does_not_make_utf8_something_else():
    assert decode(b"\xff" + (RUSSIAN * 3).encode()) == "\ufffd" + RUSSIAN * 3


@pytest.mark.parametrize("hint", ["utf-8", None])
def test_a_stray_byte_in_utf8_that_is_nearly_all_ascii_costs_one_character(hint):
    text = page("It’s fine – so they told “The Example” at noon. " + "Talks go on. " * 20, hint)
    assert decode(text.encode().replace(b"noon", b"no\xffon"), hint) == text.replace(
        "noon", "no\ufffdon"
    )


def test_an_english_page_cut_within_a_character_is_kept():
    text = page("Talks go on. " * 20 + "It’s “fine”, he said. “No", "utf-8").partition("No")[0]
    assert decode(text.encode() + "’".encode()[:2]) == text + "\ufffd"


def test_an_unknown_or_absurd_charset_is_ignored():
    assert decode(GERMAN.encode(), "x-unknown") == GERMAN
    assert decode(GERMAN.encode(), "hex") == GERMAN


@pytest.mark.parametrize("codec", ["idna", "punycode", "unicode_escape"])
def test_a_codec_that_is_not_a_charset_is_ignored(codec):
    text = r"C:\new " + GERMAN
    assert decode(text.encode(), codec) == text
    assert decode(b"\xff" + (text * 5).encode(), codec) == "\ufffd" + text * 5


def test_a_few_nul_bytes_do_not_make_a_page_binary():
    assert decode(page(GERMAN).replace("München", "Mün\0chen").encode()).count("\0") == 1


def test_a_few_nul_bytes_do_not_make_a_page_wide_whatever_its_header_says():
    text = page(GERMAN).replace("München", "Mün\0chen")
    assert decode(text.encode(), "utf-16") == text


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(random.Random(1).randbytes(4000), id="noise"),
        pytest.param(bytes(1000), id="NUL"),
        pytest.param(b"%PDF-1.7\n" + b"text " * 100, id="PDF"),
        pytest.param(b"\x1f\x8b\x08\0" + bytes(range(128)), id="gzip"),
    ],
)
def test_binary_data_is_refused(payload):
    with pytest.raises(Binary):
        decode(payload)


def test_text_in_no_character_set_is_refused():
    printable = [byte for byte in range(256) if byte >= 0x20 and byte != 0x7F]
    with pytest.raises(Undecodable):
        decode(bytes(random.Random(2).choices(printable, k=3000)))


JAPANESE = "港の町で働く人たちは、日曜日から仕事に戻りました。話し合いはこれからも続きます。"
KOREAN = "항구 도시의 노동자들은 일요일부터 일터로 돌아왔다. 협상은 앞으로도 계속된다."
CHINESE = "港口城市的工人们从星期日起恢复工作。谈判今后还会继续进行。"


@pytest.mark.parametrize("charset", ["shift_jis", "euc_jp"])
@pytest.mark.parametrize("declared", ["euc-kr", "gb2312", "big5", "iso-8859-1"])
def test_japanese_text_is_recognised_whatever_is_declared(charset, declared):
    page = f'<meta charset="{declared}"><p>{JAPANESE}</p>'
    assert JAPANESE in decode(page.encode(charset))


@pytest.mark.parametrize(
    ("text", "charset"), [(KOREAN, "euc-kr"), (CHINESE, "gb2312"), ("港口城市的工人們", "big5")]
)
def test_text_of_its_neighbours_is_not_taken_as_japanese(text, charset):
    assert text in decode(f'<meta charset="{charset}"><p>{text}</p>'.encode(charset))
