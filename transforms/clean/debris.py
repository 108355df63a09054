"""Debris: lines that belong to the page and not to its story.

A line is judged by its form: a link to another story, a call to share, subscribe or comment, a
credit, an advertisement's label. A sentence is debris only where a text ends, if the publisher
speaks of himself or of other stories in it: losing a paragraph is worse than keeping a button.
"""

import re
from itertools import accumulate, compress

from newslake.transforms.text import count_words

SENTENCE_WORDS = 4
"""A line that ends like a sentence is one from this many words on."""

MAX_WORDS = 25
"""A line of more words is kept: page furniture is short."""

MAX_LABEL_WORDS = 8
"""A credit, a copyright notice or a button of more words is kept: it tells something."""

MAX_TEASER = 30
"""Words of a link to another story, with its teaser."""

MAX_CLOSING = 60
"""Words of a sentence in which a publisher speaks of himself."""

MAX_CHARACTERS = 1_000
"""A line of more is kept unread, however few its words are: forms would take minutes for some."""

# The end may be followed by closing marks and by a name in parentheses, such as an agency's.
_SENTENCE_END = re.compile(
    r"""[.!?…。!?｡।॥۔؟։።][\s"'“”‘’»›«)\]」』】]*(?:\([^()]{2,20}\)[\s"'”’»›]*)?$"""
)

_NETWORK = (
    r"(?:facebook|twitter|x(?![-\w])|whats\s?app|telegram|linkedin|reddit|pinterest|instagram|youtube|tiktok"
    r"|bluesky|mastodon|threads|flipboard|google\s+news|tumblr|viber|messenger|e-?mail)"
)

_READ_ON = r"""(?:(?:lesen[ ]sie|lies)[ ](?:auch|mehr)|(?:[àa][ ])?lire[ ](?:aussi|également)
    |(?:lea|lee|leer|ver)[ ](?:también|más)|leggi[ ]anche|leia[ ](?:também|mais)|lees[ ]ook|lue[ ]myös
    |läs[ ](?:också|mer)|les[ ]også|czytaj[ ](?:więcej|także|też|również)|читайте[ ](?:также|також))"""

_ADDRESS = r"(?:[\w.+-]+@[\w.-]+\.\w+|\[email[ ]protected\]|(?:https?://|www\.)\S+|[a-z]+\.com/\S+)"

# One entry a form; each must match the whole line. A blank in a pattern is written [ ].
_CALLS = [
    # A link to another story.
    rf"""(?:(?:read|see|watch|listen|hear)[ ](?:also|more|next|too|this)|also[ ](?:read|see|watch)
        |must[ ](?:read|watch)|don['’]?t[ ]miss|more[ ](?:on[ ]this|from|stories|news|coverage)
        |in[ ]case[ ]you[ ]missed[ ]it|trending([ ]now)?|recommended|related(?:[ ]\w+)?
        |you[ ](?:may|might)[ ]also[ ]like|mehr[ ]zum[ ]thema|{_READ_ON})
        (?:\s*[:|»→>]|\s+[–—-]+\s).*""",
    r"""related(?:[ ](?:sources?|stor(?:y|ies)|articles?|posts?|links?|news|topics?|content|coverage
        |reading|tags?))?\s*:?""",
    rf"""(?:{_READ_ON}|(?:recommended|more)[ ](?:for[ ]you|stories|articles|posts|news|like[ ]this)
        |you[ ](?:may|might)[ ]also[ ](?:like|be[ ]interested[ ]in)|(?:most|also)[ ](?:read|popular|viewed)
        |(?:trending|popular)(?:[ ](?:now|posts|stories))?|read[ ](?:also|more|next)
        |more[ ]on[ ]this([ ](?:story|topic))?)\s*[:.…»→>]*""",
    # A call to subscribe, to sign in, to pay.
    r"""(?:sign[ ]up|subscribe)[ ](?:for|to|now|here|today|free|and)\b.*
        |(?:register|join)[ ](?:now|here|today|for[ ](?:free|our)\b.*)""",
    r"""(?:sign[ ](?:up|in)|log[ ]?in|subscribe|register|newsletters?|already[ ]a[ ]subscriber\b.*
        |(?:get|receive)[ ].{0,60}(?:in|to)[ ]your[ ](?:inbox|e-?mail).*
        |become[ ]a[ ](?:member|subscriber)(?:[ ](?:now|today))?)\s*[:»→>]*""",
]
_LABELS = [
    # A call to share or to follow.
    r"""(?:share|tweet|pin|e-?mail|print|save|bookmark|copy)
        (?:[ ](?:this|the|link|url)(?:[ ](?:this|article|story|post|page|link|url|news))?)?\s*(?::.*)?""",
    r"""(?:share|tweet|pin)(?:[ ]this(?:[ ](?:article|story|post|page|link|news))?)?
        [ ](?:on|via|with)\b.{0,40}""",
    rf"""(?!x$)(?:(?:share|follow|find|like|join)\W+)?(?:(?:us|me|on|via|and|or|with|by|print|copy|link)\W+)*
        {_NETWORK}(?:\W+(?:and|or|on|print|copy|link|share|{_NETWORK}))*""",
    rf"""(?:follow|like|find|join)[ ](?:us|me|our|@\w+|.{{1,40}}[ ]on)\b
        .{{0,20}}\b(?:{_NETWORK}|channel)\b.*""",
    r"follow[ ](?:us|@\w+)\s*:?",
    # Comments.
    r"""(?:(?:leave|post|add|write|submit)[ ](?:a|your)[ ](?:comment|reply)
        |(?:no|\d+)[ ]comments?|comments?|(?:view|show|see|read|load)[ ](?:all[ ]|the[ ])?(?:\d+[ ])?comments?
        |join[ ]the[ ](?:conversation|discussion)|cancel[ ]reply|reply)\s*[(:]?\s*\d*\s*\)?""",
    # A credit.
    r"""[(\[]?(?:file[ ])?(?:photo|image|picture|video|graphic|illustration|cover|foto|bild)s?
        (?:[ ](?:credits?|courtesy|source))?\s*(?::|©|/).*""",
    r"""[(\[]?(?:file[ ])?(?:photo|photograph|image|picture|graphic|illustration)s?[ ]
        (?:(?:credits?|courtesy(?:[ ]of)?|source|by|via)\b(?:\s+\S+){0,6}
        |(?:taken[ ])?from(?:\s+(?-i:[A-Z])\S*){1,4})""",
    r"(?:credits?|crédits?|fotografía)\s*(?::|©|/).*|file[ ](?:photo|image|picture)",
    r"(?:©|\(c\)|copyright\b\s*(?:©|\(c\)|:|\d{4})).*|all[ ]rights[ ]reserved",
    # An address: of the desk, of the writer, of a page.
    rf"{_ADDRESS}(?:[ ](?:[|·,;][ ])?(?:{_ADDRESS}|[+(]?\d[\d/-]{{4,20}}))*",
    # How long it takes to read.
    r"""(?:-[ ])?\d+[ -](?:min\.?|minutes?|minuten)[ ](?:read|lesezeit|de[ ](?:lecture|lectura|leitura)|di[ ]lettura)
        |(?:lesedauer|lesezeit|reading[ ]time|(?:temps|tiempo|tempo)[ ](?:de|di)[ ](?:lecture|lectura|leitura|lettura)
        |leestijd|lästid|lesetid|czas[ ]czytania|время[ ]чтения)\s*:?\s*\d+.*""",
    # An advertisement's label, and the page's own controls.
    r"""(?:advert(?:isement|ising|isment)?s?|ads?|sponsored(?:[ ](?:content|links?|post|by\b.*))?|promoted
        |anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|реклама)\s*[:–—-]*""",
    r"""(?:story|article)[ ]continues[ ](?:below|after)\b.*|continue[ ]reading\b.*
        |scroll[ ](?:down[ ])?(?:to|for)[ ].*|skip[ ](?:to[ ].*|advertisement|ad)""",
    r"""click[ ](?:here|to|on)\b.*|tap[ ]here\b.*|(?:load|show|view|see)[ ](?:more|all|less)
        |back[ ]to[ ]top|(?:next|previous)[ ](?:article|post|story|page)\s*(?:[:»→>].*)?
        |(?:please[ ])?(?:enable|activate|turn[ ]on)[ ](?:javascript|cookies)\b.*
        |(?:cookie|privacy)[ ](?:settings|policy|preferences)|accept[ ](?:all[ ])?cookies""",
]


# Where a text ends, sentences of the publisher about himself, if they speak to his readers; each is
# found within the line.
_CLOSINGS = [
    # A newsletter, an alert, an app.
    r"""\b(?:sign[ ]up|subscrib\w+|get|receive|delivered|register)\b.*\b(?:newsletters?|inbox)\b""",
    # A way to reach or to follow the writer.
    rf"""\b(?:follow|find|like|join)\b.{{0,60}}\b(?:on|at|via|@\w+)\b.{{0,40}}\b{_NETWORK}\b""",
    r"""\b(?:e-?mail(?:ed|ing)?|reach(?:ed)?|contact|write|tips?|news[ ]?(?:team|desk))\b.*\S@\S+\.\w""",
]
_RIGHTS = [
    r"""^(?:©|\(c\)|copyright\b\s*(?::|©|\(c\)|\d{4}))""",
    r"""\ball[ ]rights[ ]reserved\b\s*(?:[.!|©–—-]|$)""",
]

# Words of the first or second person, or a call that begins a sentence. `US` is a country.
_TO_READERS = re.compile(
    r"""\b(?:[Uu]s|[Mm]e|(?i:our|my|you|your))\b
    |(?i:(?:^|[.!?:;|…–—]\s+)(?:(?:please|to)\s+)?(?:sign[ ]up|subscribe|register|follow|find|like|join
    |get|receive|e-?mail|reach|contact|write|send))\b""",
    re.VERBOSE,
)

# A heading over links to other stories; what follows it is not the story's.
_RELATED = r"""(?:more|related|recommended|other|latest|top|trending|popular)[ ](?:stories|articles|posts|news
        |coverage|videos|content|reading|for[ ]you|like[ ]this)\s*:?|more[ ]from[ ](?-i:[A-Z])[^:]{0,40}
        |you[ ](?:may|might)[ ](?:also[ ])?(?:like|be[ ]interested[ ]in)\s*(?:[:.…]*)
        |(?:read|see)[ ](?:also|more|next)\s*[:.…]*|(?:das[ ]könnte|auch)[ ].{0,20}interessieren\s*:?
        |mehr[ ](?:zum[ ]thema|dazu|aus|nachrichten|artikel)\b.{0,40}|à[ ]lire[ ]aussi\s*:?
        |(?:te|le)[ ]puede[ ]interesar\s*:?|leggi[ ]anche\s*:?|leia[ ](?:também|mais)\s*:?"""


def _any_of(forms: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE | re.VERBOSE)


_CALL, _LABEL, _MORE = _any_of(_CALLS), _any_of(_LABELS), _any_of([_RELATED])
_CLOSING, _RIGHT = _any_of(_CLOSINGS), _any_of(_RIGHTS)


def is_sentence(line: str) -> bool:
    """Return whether `line` ends like a sentence and has the words of one.

    >>> is_sentence("Ministers read also the fine print."), is_sentence("READ ALSO: Weather")
    (True, False)
    """
    return bool(_SENTENCE_END.search(line)) and count_words(line) >= SENTENCE_WORDS


def is_debris(line: str) -> bool:
    """Return whether `line`, trimmed, belongs to the page and not to its story.

    >>> [is_debris(line) for line in ("Leave a Comment", "* * *", "Comments on the war")]
    [True, True, False]
    """
    if is_sentence(line):
        return False
    if not any(character.isalnum() for character in line):
        return True
    if len(line) > MAX_CHARACTERS:
        return False
    words = count_words(line)
    is_label = words <= MAX_LABEL_WORDS and _LABEL.fullmatch(line)
    return bool(is_label or (words <= MAX_WORDS and _CALL.fullmatch(line)))


def drop_debris(text: str) -> str:
    r"""Return `text` without its debris and without lines that repeat the line above them.

    Sentences and table rows may repeat; a caption or a heading set twice is the page's doing.

    >>> drop_debris("Talks go on.\nREAD ALSO: Weather\nA bridge at dawn\nA bridge at dawn")
    'Talks go on.\nA bridge at dawn'
    """
    lines = text.split("\n")
    are_kept = _are_kept(lines)
    return "\n".join(compress(lines[: _story_end(lines, are_kept)], are_kept))


def _are_kept(lines: list[str]) -> list[bool]:
    """Tell of each line whether it is neither debris wherever it stands nor a repetition."""
    are_kept = []
    above = None
    for line in lines:
        repeated = above == line and " | " not in line and not is_sentence(line)
        are_kept.append(not repeated and not is_debris(line))
        if are_kept[-1]:
            above = line
    return are_kept


def _story_end(lines: list[str], are_kept: list[bool]) -> int:
    """Return how many lines there are to the story's end, before all that the publisher adds.

    He adds sentences about himself, and headings over links to other stories, if only short lines
    follow and what stands before is the longer part: elsewhere the heading is the story's own.
    """
    words = [count_words(line) * kept for line, kept in zip(lines, are_kept, strict=True)]
    before = list(accumulate(words, initial=0))
    begin = are_kept.index(True) if any(are_kept) else len(lines)
    end = first = len(lines)  # none of the lines from `first` to `end` is such a heading
    while True:
        while end > begin + 1 and (not are_kept[end - 1] or _is_closing(lines[end - 1])):
            end -= 1
        first = min(first, end)
        while first == end or words[first] <= MAX_TEASER:
            if before[first - 1] <= before[end] - before[first]:
                return end
            first -= 1
            if _is_related(lines[first]):
                end = first
                break
        else:
            return end


def _is_related(line: str) -> bool:
    return len(line) <= MAX_CHARACTERS and bool(_MORE.fullmatch(line))


def _is_closing(line: str) -> bool:
    if len(line) > MAX_CHARACTERS or count_words(line) > MAX_CLOSING:
        return False
    return bool(_RIGHT.search(line) or (_CLOSING.search(line) and _TO_READERS.search(line)))
