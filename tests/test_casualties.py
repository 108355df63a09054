import pytest

from transforms.events.casualties import UNKNOWN, Range, injured, killed


def first(tolls):
    """Return the first number that a sentence tells."""
    return next((toll.persons for toll in tolls), UNKNOWN)


@pytest.mark.parametrize(
    ("sentence", "dead", "hurt"),
    [
        ("A strike killed three people.", Range(3, 3), UNKNOWN),
        (
            "Shelling killed a man and left at least two others injured.",
            Range(1, 1),
            Range(2, None),
        ),
        ("At least 12 soldiers were killed and 1,200 wounded.", Range(12, None), Range(1200, 1200)),
        ("Up to 40 Syrian rebels were killed.", Range(None, 40), UNKNOWN),
        ("The blast injured more than 20 people.", UNKNOWN, Range(20, None)),
        ("One person was killed.", Range(1, 1), UNKNOWN),
        ("About 30 people were killed.", UNKNOWN, UNKNOWN),
        ("The attack killed a 47-year-old woman.", UNKNOWN, UNKNOWN),
        ("The fire killed 30 years of work.", UNKNOWN, UNKNOWN),
        ("In 2014 killed soldiers were mourned.", UNKNOWN, UNKNOWN),
        ("The army killed scores of rebels.", UNKNOWN, UNKNOWN),
        ("It cut 30% of wounded pride.", UNKNOWN, UNKNOWN),
        ("No one was killed and one man was wounded.", UNKNOWN, Range(1, 1)),
        ("Three soldiers, aged 19, 20 and 34, were killed.", Range(3, 3), UNKNOWN),
        ("Six people, including two children, were injured.", UNKNOWN, Range(6, 6)),
        ("Two men, 23 and 30, were killed.", Range(2, 2), UNKNOWN),
        (f"A strike killed {'9' * 20} people.", UNKNOWN, UNKNOWN),
        (f"A strike killed {'9' * 5000} people.", UNKNOWN, UNKNOWN),
    ],
)
def test_counts_persons_only_where_the_number_is_plain(sentence, dead, hurt):
    assert (first(killed(sentence)), first(injured(sentence))) == (dead, hurt)
