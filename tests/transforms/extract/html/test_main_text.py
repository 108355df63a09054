import pytest
from lxml.html import document_fromstring

from newslake.transforms.extract.html.main_text import _beginning, main_text

FIRST = "Both sides met on Monday in the old town hall, the minister said, and nobody left early."
MORE = [
    "Talks will go on for another week, and a truce may follow in spring, said two people present.",
    "Nobody expected the meeting to last for more than a couple of hours, and yet it took a night.",
    "Outside the hall some hundred people waited in the rain for news that came only at dawn today.",
]
STORY = [FIRST, *MORE]
LEDE = "After months of war the two sides talk, and a truce is in sight."


def paragraphs(lines):
    return "".join(f"<p>{line}</p>" for line in lines)


def text(article, titles=(), summaries=(), body="", around="{}"):
    html = f"<html><body>{around.format(f'<article>{article}</article>')}</body></html>"
    return main_text(document_fromstring(html), set(titles), list(summaries), body)


def test_each_paragraph_is_a_line():
    assert text(paragraphs(STORY)) == STORY


def test_a_page_without_text_has_none():
    assert text("<img src=a>") == []


@pytest.mark.parametrize(
    "repeated", ["<h2>Truce in sight</h2>", "<p>World</p><p>Truce in sight</p>"]
)
def test_the_title_is_not_repeated_above_the_text(repeated):
    assert text(repeated + paragraphs(STORY), titles=["truceinsight"]) == STORY


def test_the_summary_that_the_page_shows_is_the_lede():
    head = f'<header><h1>Truce</h1><h2 class="dek">{LEDE}</h2></header>'
    found = text(paragraphs(STORY), summaries=["News", LEDE], around=head + "{}")
    assert found == [LEDE, *STORY]


@pytest.mark.parametrize("summary", [LEDE, FIRST])
def test_a_hidden_or_repeated_summary_is_not_the_lede(summary):
    assert text(paragraphs(STORY), summaries=[summary]) == STORY


@pytest.mark.parametrize(
    "link",
    [
        '<p><a href="/b">Who pays for the war</a></p>',
        '<p><b>More:</b> <a href="/b">Who pays for the war</a></p>',
        '<p><a href="/b"><b>Who pays for the war</b></a></p>',
    ],
)
def test_a_paragraph_that_only_links_to_another_story_is_dropped(link):
    assert text(paragraphs(STORY[:2]) + link + paragraphs(STORY[2:])) == STORY


def test_a_paragraph_with_a_link_in_it_is_kept():
    linked = FIRST.replace("old town hall", '<a href="/hall">old town hall</a>')
    assert text(paragraphs([linked, *MORE])) == STORY


def test_text_that_linked_data_lack_is_cut_off_at_both_ends():
    page = paragraphs(["Listen to this story, read by a machine", *STORY, "Staff may own shares"])
    assert text(page, body=" ".join(STORY)) == STORY


def test_truncated_linked_data_cut_nothing():
    assert text(paragraphs(STORY), body=FIRST) == STORY


def test_linked_data_are_the_text_where_the_page_shows_a_piece():
    assert text(paragraphs([FIRST]), body="\n".join(STORY)) == STORY


def test_a_title_that_a_heading_in_the_story_repeats_drops_no_paragraph():
    repeated = f"{paragraphs(STORY[:2])}<h2>Truce in sight</h2>{paragraphs(STORY[2:])}"
    assert text(repeated, titles=["truceinsight"]) == STORY


def test_a_sentence_that_ends_in_a_link_is_kept():
    sentence = "The host of the talks asked the minister this morning about the town of:"
    link = f'<p>{sentence} <a href="/alta">Alta</a></p>'
    assert text(link + paragraphs(STORY))[0] == f"{sentence} Alta"


def test_a_line_between_two_titles_is_kept_unless_it_is_a_label():
    head = "<p>Truce in sight</p><p>World</p><p>Ann Lee spoke to us this morning:</p><p>Truce in sight</p>"

    assert text(head + paragraphs(STORY), titles=["truceinsight"]) == [
        "Ann Lee spoke to us this morning:",
        *STORY,
    ]


def test_a_title_above_comments_only_is_no_text():
    comment = f'<div class="comment"><p>{FIRST}</p></div>'
    page = f"<h1>Truce in sight</h1><div id=comments>{comment * 40}</div>"

    assert text(page, titles=["truceinsight"]) == []


def test_paragraphs_of_links_to_other_stories_do_not_count_as_the_beginning():
    cards = "".join(
        f"<li><a href=/{one}><p>{line}</p></a></li>" for one, line in enumerate(MORE * 3)
    )
    tree = document_fromstring(f"<body><h1>Truce</h1>{cards}<div>{paragraphs(STORY)}</div></body>")

    assert [one for one in _beginning(tree, ["truce"]) if FIRST.startswith(one)]
    assert len(_beginning(tree, ["truce"])) == len(STORY)


def test_list_items_outside_a_list_are_paragraphs():
    items = "".join(f"<li>{line}</li>" for line in STORY)
    menu = f"<div><p>{MORE[0]}</p></div>"

    assert (
        text(f"<h1>Truce</h1><div>{items}</div><footer>{menu}</footer>", titles=["truce"]) == STORY
    )
