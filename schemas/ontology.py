"""The event types, with all properties that the rules of `transforms/events/` use.

The types are those of PLOVER (manual 0.8, Open Event Data Alliance, CC BY-SA 4.0); the
descriptions are ours. CONTRIBUTING.md describes how to add a type.
"""

from typing import NamedTuple


class EventType(NamedTuple):
    """One type of event."""

    quad: int
    """1: verbal cooperation, 2: material cooperation, 3: verbal conflict, 4: material conflict."""
    cameo_root: str
    """Closest root code of CAMEO 1.1b3, two digits."""
    covers: str
    """What happens in events of the type."""
    stance: bool = False
    """Whether the event is a statement by a party. The content of a stance is not an event."""
    when_announced: str | None = None
    """Type of an announced event: `Peru will send aid` is AGREE. None: the type does not change."""
    when_refused: str | None = None
    """Type of a refused event: `Peru will not send aid` is REJECT. None: no change of type."""
    can_be_future: bool = True
    """Whether an announced event has the status `future`: `Peru will reject it` is asserted."""
    needs_speaker: bool = True
    """Whether triggers of the senses m, j and c need a reporting verb. If not, the subject of
    `will` may be the speaker."""
    subject_acts: bool = False
    """Whether the subject of such a trigger is an actor: `she said that Peru would not pay`."""
    includes: tuple[str, ...] = ()
    """Types of events that always belong to this event: `they marched and demanded talks`."""
    violent: bool = False
    """If true, accidents do not count. Sport without words of violence does not count either."""
    weapon_acts: bool = False
    """Whether a weapon or attack may replace the actor, as in `Saturday’s attack killed two`."""
    casualties: bool = False
    """Whether the numbers of killed and injured are extracted."""
    hits_places: bool = False
    """Whether a city as a recipient is the event place. If not, the city is a government."""
    modes: tuple[str, ...] = ()
    """How an event is done, after the modes of PLOVER. Triggers in lexicon.tsv tell the mode."""


EVENT_TYPES = {
    "AGREE": EventType(1, "03", "agrees, offers, promises, shows willingness to cooperate",
        stance=True, when_announced="AGREE", when_refused="REJECT", needs_speaker=False,
        subject_acts=True),
    "CONSULT": EventType(1, "04", "meets, visits, phones, negotiates, mediates",
        when_announced="AGREE", when_refused="REJECT"),
    "SUPPORT": EventType(1, "05", "praises, endorses, recognises, signs, ratifies",
        stance=True, when_announced="AGREE", when_refused="REJECT"),
    "CONCEDE": EventType(1, "08", "yields in words: declares a ceasefire, pardons, apologises",
        stance=True, when_announced="AGREE", when_refused="REJECT"),
    "COOPERATE": EventType(2, "06", "trades, shares intelligence, holds exercises, extradites",
        when_announced="AGREE", when_refused="REJECT"),
    "AID": EventType(2, "07", "gives money, arms, relief, asylum; rescues",
        when_announced="AGREE", when_refused="REJECT"),
    "RETREAT": EventType(2, "08", "withdraws, releases, disarms, hands back, resigns",
        when_announced="CONCEDE", when_refused="REJECT"),
    "REQUEST": EventType(3, "10", "asks, urges, appeals, calls for, demands, orders", stance=True),
    "ACCUSE": EventType(3, "11", "criticises, condemns, accuses, sues, charges, investigates",
        stance=True),
    "REJECT": EventType(3, "12", "refuses, rules out, vetoes, denies, cancels a meeting",
        stance=True, can_be_future=False, subject_acts=True),
    "THREATEN": EventType(3, "13", "warns of force, sanctions or rupture; sets an ultimatum",
        stance=True),
    "PROTEST": EventType(4, "14", "demonstrates, strikes, boycotts, blocks, riots",
        includes=("REQUEST",), modes=("demo", "riot", "strike", "hunger", "boycott", "obstruct")),
    "SANCTION": EventType(4, "16", "cuts ties or aid, embargoes, expels, convicts, fines"),
    "MOBILIZE": EventType(4, "15", "deploys, reinforces, puts on alert, tests weapons"),
    "COERCE": EventType(4, "17", "arrests, deports, bans, seizes, censors, blockades",
        modes=("arrest", "deport", "ban", "seize", "restrict", "censor", "curfew", "martial-law",
               "cyber")),
    "ASSAULT": EventType(4, "19", "attacks, bombs, kills, wounds, abducts, tortures, fights",
        violent=True, weapon_acts=True, casualties=True, hits_places=True,
        modes=("aerial", "drone", "firearms", "explosives", "heavy-weapons", "suicide-attack",
               "unconventional", "primitive", "beat", "torture", "sexual", "abduct", "targeted",
               "destroy", "crowd-control")),
}  # fmt: skip
"""The types by name, as in the column `mentions.type`."""

STATUSES = {
    "asserted": "reported as a fact: the event has happened or is in progress",
    "future": "planned or announced",
    "hypothetical": "a condition (if) or its consequence, a possibility (could, may) or a question",
    "negated": "reported as an event that did not happen",
    "historical": "an earlier event that the article reports as background",
}
"""The statuses of mentions."""
