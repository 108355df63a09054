from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.feeds.entries.keys import keyed
from newslake.transforms.feeds.parse.feed import FeedEntry

SITE = "https://paper.example.org"


def entry(guid, path, title="Talks"):
    return FeedEntry(guid=guid, link=path and f"{SITE}/{path}", title=title)


def keys(*entries, by_link=False):
    return [one.key for one in keyed(entries, by_link).entries]


def distinct(count):
    return [entry(f"g{number}", str(number)) for number in range(count)]


def test_an_entry_is_identified_by_its_guid_else_its_link_else_its_words():
    first, second, third = keys(entry("g1", "1"), entry(None, "2?utm_source=rss"), entry("", None))
    assert (first, second) == ("guid:g1", f"link:{SITE}/2")
    assert third.startswith("hash:")
    assert third != keys(entry("", None, title="Other talks"))[0]


def test_invisible_characters_do_not_change_a_guid():
    assert keys(entry("g\ufeff1\x00", "1"), entry("\ud800", "2")) == ["guid:g1", "guid:\ufffd"]


def test_stories_that_share_a_guid_are_identified_by_their_links():
    assert keys(*(entry("same", str(number)) for number in range(5))) == [
        f"link:{SITE}/{number}" for number in range(5)
    ]


def test_one_guid_that_is_not_unique_does_not_touch_the_others():
    found = keyed([*distinct(98), entry("same", "a"), entry("same", "b")])
    assert [one.key for one in found.entries[-3:]] == [
        "guid:g97",
        f"link:{SITE}/a",
        f"link:{SITE}/b",
    ]
    assert not found.by_link


def test_a_feed_with_many_such_guids_is_always_read_by_links():
    found = keyed([*distinct(8), entry("same", "a"), entry("same", "b")])
    assert found.by_link
    assert all(one.key.startswith("link:") for one in found.entries)
    later = keyed(distinct(3), by_link=found.by_link)
    assert later.by_link
    assert later.entries[0].key == f"link:{SITE}/0"


def test_stories_that_share_a_link_are_all_kept():
    assert len(keys(*(entry(f"g{number}", "live") for number in range(5)))) == 5


def test_an_entry_that_a_feed_repeats_is_one():
    assert keys(entry("g1", "1"), entry("g1", "1", title="Talks go on")) == ["guid:g1"]


def test_a_fragment_that_counts_edits_does_not_make_a_new_entry():
    assert keys(entry(f"{SITE}/1#4", "1")) == keys(entry(f"{SITE}/1#5", "1"))
    assert keys(entry(f"{SITE}/live#a", "live#a")) != keys(entry(f"{SITE}/live#b", "live#b"))


def test_a_guid_that_is_a_text_is_hashed():
    [key] = keys(entry("word " * 200, "1"))
    assert len(key) < 50


entries = st.lists(
    st.builds(entry, st.sampled_from([None, "a", "b", "c"]), st.sampled_from([None, "1", "2"]))
)


@given(entries)
def test_keys_are_unique_and_do_not_depend_on_the_order(given):
    found = keys(*given)
    assert len(set(found)) == len(found)
    assert set(found) == set(keys(*reversed(given)))
