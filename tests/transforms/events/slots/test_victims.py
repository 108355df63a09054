import pytest
from lakes import article
from sure import sure_mentions

from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")


@pytest.mark.parametrize(
    ("sentence", "killed"),
    [
        ("Chile bombed Lima and killed three people.", 3),
        ("Chile bombed Lima, killing three people and wounding 12.", 3),
        ("Three people were killed when Chile bombed Lima.", 3),
        ("Three people were killed after Chile bombed Lima.", 3),
        ("Chile bombed Lima, and officials said that three people were killed.", 3),
        ("Chile carried out an attack on Lima that killed three people.", 3),
        ("Chile bombed Lima after 40 people were killed by rebels.", None),
        ("Chile bombed Lima a day after rebels killed 40 soldiers.", None),
        ("Chile bombed Lima after an attack that killed 40 people.", None),
        ("Chile bombed Lima, killing three people, after rebels killed 40 soldiers.", 3),
        ("Rebels attacked the village where 40 people were killed last year.", None),
        ("Chile attacked Peru, whose army had killed 300 civilians.", None),
        ("Chile bombed Lima in retaliation for an attack that killed 12 soldiers.", None),
        ("Chile attacked the man behind the bombing that killed 12 people.", None),
        ("The group behind an attack that killed 12 people attacked Goma.", None),
        ("Chile bombed Lima in an attack that killed 12 people.", 12),
        ("Rebels attacked Lima, and the army said it had killed 40 rebels.", None),
        ("Chile bombed Lima and said it had killed 40 rebels.", 40),
        ("Chile bombed Lima, and rebels killed two people.", None),
        ("Chile bombed Lima, and the attack killed three people.", 3),
        ("Nobody was killed when Chile bombed Lima.", None),
        ("Two officers and a gunman were killed when Chile bombed Lima.", 3),
        ("Chile bombed Lima, killing 14 people, including Iranians active in Peru.", 14),
        ("Chile killed two guards at a port and five in a market.", 7),
        ("Ann Lee and two guards were killed when Chile bombed Lima.", None),
        ("Chile bombed Lima, killing the pilot, the co-pilot and 12 passengers.", None),
        ("Chile bombed Lima, killing two officers and damaging a school.", 2),
    ],
)
def test_the_victims_of_another_act_are_not_those_of_this_one(sentence, killed):
    [mention] = sure_mentions(article("a", sentence, language="en"))
    assert (mention.killed_min, mention.killed_max) == (killed, killed)


def test_other_wounded_persons_are_victims_and_not_actors():
    sentence = "A soldier was killed and two others wounded when Chile bombed Lima."
    [mention] = sure_mentions(article("a", sentence, language="en"))
    assert (mention.killed_min, mention.injured_min) == (1, 2)
