"""The 16 event types of PLOVER, with their quad class and closest CAMEO root code.

Source: PLOVER manual 0.8, Open Event Data Alliance, CC BY-SA 4.0; the descriptions are ours. To
add a type, add a line here, its triggers in `transforms/events/`, and a test case.
"""

from typing import NamedTuple


class EventType(NamedTuple):
    """One type of event."""

    quad: int
    """1: verbal cooperation, 2: material cooperation, 3: verbal conflict, 4: material conflict."""
    cameo_root: str
    """Closest root code of CAMEO 1.1b3, two digits."""
    covers: str
    """Acts that belong to the type."""


EVENT_TYPES = {
    "AGREE": EventType(1, "03", "agrees, offers, promises, shows willingness to cooperate"),
    "CONSULT": EventType(1, "04", "meets, visits, phones, negotiates, mediates"),
    "SUPPORT": EventType(1, "05", "praises, endorses, recognises, signs, ratifies"),
    "CONCEDE": EventType(1, "08", "yields in words: declares a ceasefire, pardons, apologises"),
    "COOPERATE": EventType(2, "06", "trades, shares intelligence, holds exercises, extradites"),
    "AID": EventType(2, "07", "gives money, arms, relief, asylum; rescues"),
    "RETREAT": EventType(2, "08", "withdraws, releases, disarms, hands back, resigns"),
    "REQUEST": EventType(3, "10", "asks, urges, appeals, calls for, demands, orders"),
    "ACCUSE": EventType(3, "11", "criticises, condemns, accuses, sues, charges, investigates"),
    "REJECT": EventType(3, "12", "refuses, rules out, vetoes, denies, cancels a meeting"),
    "THREATEN": EventType(3, "13", "warns of force, sanctions or rupture; sets an ultimatum"),
    "PROTEST": EventType(4, "14", "demonstrates, strikes, boycotts, blocks, riots"),
    "SANCTION": EventType(4, "16", "cuts ties or aid, embargoes, expels, convicts, fines"),
    "MOBILIZE": EventType(4, "15", "deploys, reinforces, puts on alert, tests weapons"),
    "COERCE": EventType(4, "17", "arrests, deports, bans, seizes, censors, blockades"),
    "ASSAULT": EventType(4, "19", "attacks, bombs, kills, wounds, abducts, tortures, fights"),
}

STATUSES = {
    "asserted": "reported as a fact: the event has happened or is in progress",
    "future": "planned or announced",
    "hypothetical": "a condition (if) or its consequence, a possibility (could, may) or a question",
    "negated": "reported as an event that did not happen",
    "historical": "an earlier event that the article reports as background",
}
"""The statuses of mentions."""
