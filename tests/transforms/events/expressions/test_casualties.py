import pytest

from newslake.transforms.events.expressions.casualties import UNKNOWN, Range, injured, killed


def first(tolls):
    """Return the first casualty number of a sentence."""
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
        ("Gunmen killed three guards and a sailor.", Range(3, None), UNKNOWN),
        ("Nine worshippers were killed and 14 tourists injured.", Range(9, 9), Range(14, 14)),
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
        ("The army killed a dozen soldiers.", Range(12, 12), UNKNOWN),
        ("Two hundred people were killed.", Range(200, 200), UNKNOWN),
        ("One hundred and twenty people were killed.", UNKNOWN, UNKNOWN),
        ("At least two dozen people were killed.", Range(24, None), UNKNOWN),
        ("The war killed 1.7 million people.", Range(1_700_000, 1_700_000), UNKNOWN),
        ("The war killed 1.7.", UNKNOWN, UNKNOWN),
        ("It killed more than a million people.", Range(1_000_000, None), UNKNOWN),
        ("A number of people were killed.", UNKNOWN, UNKNOWN),
        ("Between 10 and 15 people were killed.", Range(10, 15), UNKNOWN),
        ("From 100 to 150 people were killed.", Range(100, 150), UNKNOWN),
        ("It killed two or three men and wounded 10-15 people.", Range(2, 3), Range(10, 15)),
        ("On March 2 people were killed.", UNKNOWN, UNKNOWN),
        ("On March 2, 12 people were killed.", Range(12, 12), UNKNOWN),
        ("It killed three children and two adults.", Range(3, None), UNKNOWN),
        ("It said 12 people were killed.", Range(12, 12), UNKNOWN),
        ("It was reported 12 people were killed.", Range(12, 12), UNKNOWN),
        ("It killed 900 million people.", UNKNOWN, UNKNOWN),
        ("It killed a man and a woman.", Range(1, None), UNKNOWN),
        ("It killed a man and a woman was injured.", Range(1, 1), Range(1, 1)),
        ("Three children and two adults were killed.", Range(2, None), UNKNOWN),
        ("It injured three men and two others were killed.", Range(2, 2), Range(3, 3)),
        (f"A strike killed {'9' * 20} people.", UNKNOWN, UNKNOWN),
        (f"A strike killed {'9' * 5000} people.", UNKNOWN, UNKNOWN),
    ],
)
def test_counts_persons_only_where_the_number_is_explicit(sentence, dead, hurt):
    assert (first(killed(sentence)), first(injured(sentence))) == (dead, hurt)
