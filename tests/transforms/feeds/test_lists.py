from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.feeds.lists import (
    Listed,
    NotAList,
    as_opml,
    as_text,
    check_kept,
    read_list,
)
from newslake.transforms.text import one_line

WORLD, LOCAL = "https://paper.example.org/world.xml", "https://paper.example.org/local.xml?a=1&b=2"

OPML = f"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
<!-- <outline text="Gone" xmlUrl="https://gone.example.org/"/> -->
<outline text="News"><outline text="Europe">
  <outline type="rss" text="Wörld &amp; more" XMLURL="{WORLD}"/>
  </outline><outline title='Local' xmlUrl='{LOCAL.replace("&", "&amp;")}' />
  <outline text="Again" xmlUrl="{WORLD}"></outline>
</outline>
<outline text="Broken" description="the "best" <em>news</em>" xmlUrl="https://other.example.org/"/>
</body></opml>"""


def test_an_opml_list_with_folders():
    assert read_list(OPML.encode()) == [
        Listed(WORLD, "Wörld & more", ("News", "Europe")),
        Listed(LOCAL, "Local", ("News",)),
        Listed("https://other.example.org/", "Broken"),
    ]


def test_a_list_of_lines():
    text = f"# mine\n{WORLD}\n\n  {LOCAL}  Local  news \r\n{WORLD}\n"
    assert read_list(text.encode()) == [Listed(WORLD), Listed(LOCAL, "Local news")]


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"https://paper.example.org/\npaper", "line 2: not an http or https URL"),
        (
            b'<opml><outline text="A" xmlUrl="file:///etc/passwd"/></opml>',
            "A: not an http or https URL",
        ),
        (b"<rss/>", "line 1"),
        (f'<opml><body><outline xmlUrl="{WORLD}"/>'.encode(), "cut off"),
        (
            b'<opml><outline text="A" xmlUrl="https://a.ex<outline/></opml>',
            "A: the value of xmlUrl",
        ),
        (b"<opml><outline text='A' xmlUrl=https://a.example/></opml>", "A: the value of xmlUrl"),
        (bytes(100), "control characters"),
    ],
)
def test_a_file_that_is_not_a_list_is_refused(payload, message):
    with pytest.raises(NotAList, match=message):
        read_list(payload)


def test_entities_of_a_list_are_not_expanded():
    bomb = '<!DOCTYPE opml [<!ENTITY a "aaa">]>'
    listed = read_list(f'{bomb}<opml><outline text="&a;" xmlUrl="{WORLD}"/></opml>'.encode())
    assert listed == [Listed(WORLD, "&a;")]


def test_a_token_is_kept_in_the_list_and_not_shown():
    [feed] = read_list(b"https://ann:pw@paper.example.org/?token=7")
    assert feed.address == "https://ann:pw@paper.example.org/?token=7"
    assert feed.shown == "https://paper.example.org/"


words = st.text("abcé&<\"' ", min_size=1, max_size=8).map(str.strip).filter(bool)
lists = st.lists(
    st.builds(
        Listed,
        address=st.sampled_from([f"{WORLD}?{number}&a" for number in range(9)]),
        title=words.filter(lambda text: "<" not in text and "&" not in text),
        folders=st.lists(st.sampled_from(["News", "Européen", "A & B"]), max_size=2).map(tuple),
        is_paused=st.booleans(),
    ),
    unique_by=lambda feed: feed.address,
)


@given(lists)
def test_a_list_comes_back_as_it_was_written(feeds):
    again = read_list(as_opml(feeds)) if feeds else []
    assert sorted(again, key=lambda feed: feed.address) == sorted(
        ([replace(feed, title=" ".join(feed.title.split())) for feed in feeds]),
        key=lambda feed: feed.address,
    )
    lines = read_list(as_text(feeds))
    assert [(one.address, one.is_paused) for one in lines] == [
        (one.address, one.is_paused) for one in feeds
    ]


def is_folder(text):
    return one_line(text) and not {"<", "&"} & set(text)


LISTED = st.builds(
    Listed,
    st.text(max_size=20).map("https://paper.example.org/{}".format),
    st.none() | st.text(),
    st.lists(st.text().filter(is_folder), max_size=2).map(tuple),
)


@given(st.lists(LISTED, max_size=5, unique_by=lambda feed: feed.address.strip()))
def test_every_feed_and_folder_of_a_written_list_is_read(feeds):
    check_kept(feeds, as_opml(feeds))
    flat = [replace(feed, folders=()) for feed in feeds]
    check_kept(flat, as_text(flat))


def test_the_comments_of_a_text_list_stay():
    old = f"# politics\n{WORLD}  The world\n\n# local\n{LOCAL}\n".encode()
    other = Listed("https://other.example.org/", "Other")
    assert as_text([Listed(WORLD, "World"), other], old).decode() == (
        f"# politics\n{WORLD}  The world\n\n# local\nhttps://other.example.org/ Other\n"
    )


def test_a_list_that_would_lose_a_feed_or_a_folder_is_refused():
    feeds = [Listed(WORLD, "World", ("News", "Europe"))]
    with pytest.raises(NotAList):
        check_kept([replace(feeds[0], is_paused=True)], as_opml(feeds))
    with pytest.raises(NotAList, match=r"folder 'News / Europe' of .*/world.xml; use a file"):
        check_kept(feeds, as_text(feeds))
    for feed in (Listed("", "Paper"), Listed("saved.xml", "Paper")):
        with pytest.raises(NotAList):
            check_kept([feed], as_opml([feed]))
        with pytest.raises(NotAList):
            check_kept([feed], as_text([feed]))


def test_a_commented_outline_and_all_in_it_are_paused():
    opml = f"""<opml><body><outline text="A" isComment="true"><outline xmlUrl="{WORLD}"/></outline>
    <outline xmlUrl="{LOCAL}" isComment="TRUE"/>
    <outline xmlUrl="https://other.example.org/" isComment="false"/></body></opml>"""
    assert [feed.is_paused for feed in read_list(opml.encode())] == [True, True, False]


def test_a_feed_of_a_text_list_is_paused_in_a_comment():
    text = f"# paused: {WORLD} The world\n#Paused {LOCAL}\n# paused for now\n"
    assert read_list(text.encode()) == [
        Listed(WORLD, "The world", is_paused=True),
        Listed(LOCAL, is_paused=True),
    ]


def test_a_feed_is_paused_and_resumed_in_its_line():
    old = f"# politics\n{WORLD} The world\n{LOCAL}\n".encode()
    paused = as_text([Listed(WORLD, is_paused=True), Listed(LOCAL)], old)
    assert paused.decode() == f"# politics\n# paused: {WORLD} The world\n{LOCAL}\n"
    assert as_text([Listed(WORLD), Listed(LOCAL)], paused) == old
