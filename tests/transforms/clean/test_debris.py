import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.clean.debris import drop_debris, is_debris, is_sentence


@pytest.mark.parametrize(
    "line",
    [
        *("READ ALSO: Floods in the north", "Read more: Who is who in the new cabinet"),
        *("Also read – Ten questions on the budget", "Lesen Sie auch: Der neue Haushalt"),
        *("Related Sources:", "Related articles", "You may also like", "Most read", "Read more"),
        *("Share this: Facebook Twitter", "Share on WhatsApp", "Facebook | X | E-mail", "Tweet"),
        *("Follow us on Telegram", "Follow our reporter on Twitter", "Join our WhatsApp channel"),
        *("Sign up for our newsletter", "Subscribe now", "Already a subscriber? Log in", "Log in"),
        *("Leave a Comment", "Leave a reply", "12 Comments", "Comments (3)", "Comments"),
        *("Photo from Google", "Photo: A. Person/Agency", "(Photo by A. Person)", "File photo"),
        *("Image credit: Agency", "Picture courtesy of the ministry", "© 2024 The Paper"),
        *("Advertisement", "ADVERTISEMENT", "Anzeige", "Sponsored content", "Ad"),
        *("Story continues below advertisement", "Click here for more", "Back to top"),
        "Article content",
        *("Please enable JavaScript", "* * *", "———", "•"),
        *(
            "Lue myös:",
            "Czytaj więcej",
            "Lesen Sie mehr",
            "A lire aussi :",
            "Читайте также: Бюджет",
        ),
        *("Lesedauer: 4 Minuten", "3 min read", "- 3 Minuten Lesezeit", "Temps de lecture : 5 min"),
        *("desk@example.org", "www.example.org", "https://example.org/a twitter.com/example"),
        *("Copyright: The Paper, 2024", "[email protected] | 030/123456"),
    ],
)
def test_page_furniture_is_debris(line):
    assert is_debris(line)


@pytest.mark.parametrize(
    "line",
    [
        *("Comments on the war", "Related-party deals under scrutiny", "Share prices fall"),
        *("Photo finish in the presidential race", "Images of war", "The Read Also Prize"),
        *("Sponsors of terror", "Follow the money", "Subscribers leave", "Join forces or fail"),
        *("Key Point | Details", "Summary", "Advertising bans in Europe", "Register to vote"),
        *("Become a member of NATO", "Telegram and the state", "x", "Reply to Moscow"),
        *("Example.org wins the case", "Copyright", "A five minute read of the law", "10 minutes"),
        *("What Does the Truce Mean for the World?", "A Path to Peace? Prospects for Talks"),
    ],
)
def test_headings_are_no_debris(line):
    assert not is_debris(line)


@pytest.mark.parametrize(
    "line",
    [
        "Share this: it is the sentence that all remember.",
        "Photo by photo, the court reconstructed the night.",
        "Subscribe to this view, and you lose the vote!",
        "Read more: what does the ruling mean for you?",
        "评论：双方都希望达成停火协议。",
    ],
)
def test_a_sentence_survives_whatever_it_begins_with(line):
    assert drop_debris(line) == line


STARTS = ["READ ALSO: ", "Photo: ", "Advertisement ", "Leave a Comment ", "Share this: ", "© ", ""]
WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=4, max_size=12)


@given(
    st.sampled_from(STARTS), WORDS, st.sampled_from([".", "!", "?", "…", "。", ".”", '."', ".)"])
)
def test_no_sentence_within_a_text_is_ever_dropped(start, words, end):
    sentence = start + " ".join(words) + end
    text = f"{sentence}\n{sentence}\nTalks go on for another week."
    assert is_sentence(sentence)
    assert drop_debris(text) == text


LINE = st.one_of(
    st.sampled_from(["Advertisement", "A bridge at dawn", "a | b", "Related stories", "© 2024 a."]),
    st.text(),
)


@given(st.lists(LINE).map("\n".join))
def test_dropping_debris_twice_changes_nothing(text):
    assert drop_debris(drop_debris(text)) == drop_debris(text)


def test_equal_table_rows_are_kept():
    assert drop_debris("0 | 0\n0 | 0") == "0 | 0\n0 | 0"


@pytest.mark.parametrize(
    "line",
    [
        "Share: the minister said prices would fall in May (Reuters)",
        "Copyright 2023 law changes will hurt artists, the minister told parliament (AFP)",
        "Video: police beat a man to death in Kyiv",
        "Image: troops crossed the border at dawn, officials said:",
        "Comment: we have paid the price of peace. (AFP)",
    ],
)
def test_a_line_with_content_is_kept_whatever_it_begins_with(line):
    assert drop_debris(line) == line


@pytest.mark.parametrize("line", ["「もうやめよう。」", "“We will not go.”"])
def test_repeated_words_are_kept(line):
    assert drop_debris(f"{line}\n{line}") == f"{line}\n{line}"


STORY = "Both sides met on Monday, the minister said.\nTalks will go on for another week."


@pytest.mark.parametrize(
    "closing",
    [
        "Sign up for our free newsletter and get the news in your inbox.",
        "Follow our reporter on Twitter, or find us on Facebook.",
        "Do you know more? Write to our reporter at desk@example.org.",
        "Copyright 2024 The Daily Example, which reserves all its rights.",
        "You may also like...\nFloods in the north close two roads\nA bakery opens at dawn",
        "More from The Example\nWhy the north floods. What engineers say, and what they will not.",
    ],
)
def test_notes_of_the_publisher_after_a_story_are_dropped(closing):
    assert drop_debris(f"{STORY}\n{closing}") == STORY


@pytest.mark.parametrize(
    "last",
    [
        "Anyone who saw it is asked to contact Inspector Oh at oh@police.example.org.",
        "The US embassy may be reached at desk@example.org, the ministry said.",
        "The message never got to the inbox of the minister, his lawyer said.",
        "Subscribers to the newsletter of the bank doubled in a year.",
        "Families like his depend on e-mail to hear of each other.",
        "Visitors will find tickets on Facebook, the club said.",
        "Both follow the rules laid down at noon, a messenger said.",
        "We did not find a thing at the X-ray unit, he said.",
        "All rights reserved for the heirs, the court held, do not cover films.",
    ],
)
def test_a_last_sentence_that_does_not_address_the_reader_is_kept(last):
    assert drop_debris(f"{STORY}\n{last}") == f"{STORY}\n{last}"


@pytest.mark.parametrize(
    "closing",
    [
        "To contact the reporter on this story: Ann Lee in Kyiv at lee@example.org",
        "Ann Lee covers courts. Reach her at lee@example.org.",
        "Ann Lee covers courts. Follow her on X: @example.",
        "(c) The Example. All rights reserved.",
        "The Example, all rights reserved | 2024",
    ],
)
def test_a_last_sentence_of_the_publisher_is_dropped_without_us_and_you(closing):
    assert drop_debris(f"{STORY}\n{closing}") == STORY


def test_the_same_words_within_a_story_are_kept():
    text = f"The group asked readers to subscribe to its newsletter.\n{STORY}"
    assert drop_debris(text) == text
    assert drop_debris(text.split("\n")[0]) == text.split("\n")[0]


def test_a_heading_over_more_of_the_story_is_kept():
    more = " ".join(["The minister told parliament so, again and again."] * 6)
    assert drop_debris(f"{STORY}\nMore coverage\n{more}") == f"{STORY}\nMore coverage\n{more}"


@pytest.mark.parametrize("line", ["get " * 25_000, "follow" + " on" * 30_000, "e-mail@" * 20_000])
def test_a_line_of_any_length_takes_linear_time(line):
    text = f"{STORY}\n{line}"
    began = time.process_time()
    assert drop_debris(text) == text
    assert time.process_time() - began < 1


def test_many_notes_of_the_publisher_take_linear_time():
    call = "Sign up for our daily newsletter" + " and read what matters" * 9 + "."
    layers = f"\n{call}\nTop stories\nFloods in the north" * 3_000
    story = "\n".join([STORY] * 10_000)
    began = time.process_time()
    assert drop_debris(story + layers) == story
    assert time.process_time() - began < 5


def test_a_call_to_action_that_is_the_whole_text_stays():
    call = "Sign up for our newsletter, and get it in your inbox."
    assert drop_debris(f"Advertisement\n{call}\nAdvertisement") == call


@pytest.mark.parametrize("form", ["https://site{}.example.org/a", "© 199{} Firm", "www.a{}.org"])
def test_a_list_of_addresses_or_copyrights_is_the_text(form):
    text = "\n".join(["These sites are blocked:", *(form.format(number) for number in range(8))])

    assert drop_debris(text) == text


@pytest.mark.parametrize("label", ["Tags", "Keywords", "NLP Entity Tokens", "Filed under"])
def test_keywords_of_the_page_are_debris(label):
    assert is_debris(f"{label}: harbour, strike, Ministry of Transport")
    assert not is_debris(f"{label} that the ministry published on Monday")
