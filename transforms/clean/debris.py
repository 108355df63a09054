"""Debris: boilerplate lines, which belong to the page and not to its story.

A line counts as boilerplate if it has the form of a link to another story, a call to share,
subscribe or comment, a credit, or the label of an advertisement. A sentence counts as boilerplate
only at the end of a text, and only if the publisher writes about itself or links other stories,
because losing a paragraph is worse than keeping a button.
"""

import re
from itertools import accumulate, compress

from newslake.transforms.text import count_words

SENTENCE_WORDS = 4
"""Minimum number of words of a sentence."""

MAX_WORDS = 25
"""Maximum number of words of a boilerplate line; longer lines are kept."""

MAX_LABEL_WORDS = 8
"""Maximum number of words of a credit, copyright notice or button; longer lines carry information."""

MAX_TEASER_WORDS = 30
"""Maximum number of words of a link to another story with its teaser."""

MAX_CLOSING_WORDS = 60
"""Maximum number of words of a line in which the publisher writes about itself."""

MAX_CHARACTERS = 1_000
"""Maximum length of a checked line, in characters: on longer lines the patterns may take minutes."""

# Closing quotes, brackets and a name in parentheses, such as an agency, may follow the full stop.
_SENTENCE_END = re.compile(
    r"""[.!?…。!?｡।॥۔؟։።][\s"'“”‘’»›«)\]」』】]*(?:\([^()]{2,20}\)[\s"'”’»›]*)?$"""
)

_NETWORK = (
    r"(?:facebook|twitter|x(?![-\w])|whats\s?app|telegram|linkedin|reddit|pinterest|instagram|youtube|tiktok"
    r"|bluesky|mastodon|threads|flipboard|google\s+news|tumblr|viber|messenger|e-?mail)"
)

_READ_MORE = r"""(?:(?:lesen[ ]sie|lies)[ ](?:auch|mehr)|(?:[àa][ ])?lire[ ](?:aussi|également)
    |(?:lea|lee|leer|ver)[ ](?:también|más)|leggi[ ]anche|leia[ ](?:também|mais)|lees[ ]ook|lue[ ]myös
    |läs[ ](?:också|mer)|les[ ]også|czytaj[ ](?:więcej|także|też|również)|читайте[ ](?:также|також))"""

_ADDRESS = r"(?:[\w.+-]+@[\w.-]+\.\w+|\[email[ ]protected\]|(?:https?://|www\.)\S+|[a-z]+\.com/\S+)"

# One pattern per form; each must match the whole line. [ ] is a space.
_CALLS = [
    # A link to another story.
    rf"""(?:(?:read|see|watch|listen|hear)[ ](?:also|more|next|too|this)|also[ ](?:read|see|watch)
        |must[ ](?:read|watch)|don['’]?t[ ]miss|more[ ](?:on[ ]this|from|stories|news|coverage)
        |in[ ]case[ ]you[ ]missed[ ]it|trending([ ]now)?|recommended|related(?:[ ]\w+)?
        |you[ ](?:may|might)[ ]also[ ]like|mehr[ ]zum[ ]thema|{_READ_MORE})
        (?:\s*[:|»→>]|\s+[–—-]+\s).*""",
    r"""related(?:[ ](?:sources?|stor(?:y|ies)|articles?|posts?|links?|news|topics?|content|coverage
        |reading|tags?))?\s*:?""",
    rf"""(?:{_READ_MORE}|(?:recommended|more)[ ](?:for[ ]you|stories|articles|posts|news|like[ ]this)
        |you[ ](?:may|might)[ ]also[ ](?:like|be[ ]interested[ ]in)|(?:most|also)[ ](?:read|popular|viewed)
        |(?:trending|popular)(?:[ ](?:now|posts|stories))?|read[ ](?:also|more|next)
        |more[ ]on[ ]this([ ](?:story|topic))?)\s*[:.…»→>]*""",
    # A call to subscribe, sign in or pay.
    r"""(?:sign[ ]up|subscribe)[ ](?:for|to|now|here|today|free|and)\b.*
        |(?:register|join)[ ](?:now|here|today|for[ ](?:free|our)\b.*)""",
    r"""(?:sign[ ](?:up|in)|log[ ]?in|subscribe|register|newsletters?|already[ ]a[ ]subscriber\b.*
        |(?:get|receive)[ ].{0,60}(?:in|to)[ ]your[ ](?:inbox|e-?mail).*
        |become[ ]a[ ](?:member|subscriber)(?:[ ](?:now|today))?)\s*[:»→>]*""",
]
_LABELS = [
    # A call to share or follow.
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
    # An e-mail or web address.
    rf"{_ADDRESS}(?:[ ](?:[|·,;][ ])?(?:{_ADDRESS}|[+(]?\d[\d/-]{{4,20}}))*",
    # The reading time.
    r"""(?:-[ ])?\d+[ -](?:min\.?|minutes?|minuten)[ ](?:read|lesezeit|de[ ](?:lecture|lectura|leitura)|di[ ]lettura)
        |(?:lesedauer|lesezeit|reading[ ]time|(?:temps|tiempo|tempo)[ ](?:de|di)[ ](?:lecture|lectura|leitura|lettura)
        |leestijd|lästid|lesetid|czas[ ]czytania|время[ ]чтения)\s*:?\s*\d+.*""",
    # An advertisement's label, and controls of the page.
    r"""(?:advert(?:isement|ising|isment)?s?|ads?|sponsored(?:[ ](?:content|links?|post|by\b.*))?|promoted
        |anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|реклама)\s*[:–—-]*""",
    r"""(?:story|article)[ ]continues[ ](?:below|after)\b.*|continue[ ]reading\b.*
        |scroll[ ](?:down[ ])?(?:to|for)[ ].*|skip[ ](?:to[ ].*|advertisement|ad)""",
    r"""click[ ](?:here|to|on)\b.*|tap[ ]here\b.*|(?:load|show|view|see)[ ](?:more|all|less)
        |back[ ]to[ ]top|(?:next|previous)[ ](?:article|post|story|page)\s*(?:[:»→>].*)?
        |(?:please[ ])?(?:enable|activate|turn[ ]on)[ ](?:javascript|cookies)\b.*
        |(?:cookie|privacy)[ ](?:settings|policy|preferences)|accept[ ](?:all[ ])?cookies""",
]


# Sentences at the end of a text in which the publisher writes about itself. Such a sentence is
# removed only if it addresses the reader. A pattern may match a part of the line.
_CLOSINGS = [
    # A newsletter, an alert, an app.
    r"""\b(?:sign[ ]up|subscrib\w+|get|receive|delivered|register)\b.*\b(?:newsletters?|inbox)\b""",
    # A way to contact or follow the author.
    rf"""\b(?:follow|find|like|join)\b.{{0,60}}\b(?:on|at|via|@\w+)\b.{{0,40}}\b{_NETWORK}\b""",
    r"""\b(?:e-?mail(?:ed|ing)?|reach(?:ed)?|contact|write|tips?|news[ ]?(?:team|desk))\b.*\S@\S+\.\w""",
]
_RIGHTS = [
    r"""^(?:©|\(c\)|copyright\b\s*(?::|©|\(c\)|\d{4}))""",
    r"""\ball[ ]rights[ ]reserved\b\s*(?:[.!|©–—-]|$)""",
]

# Pronouns of the first or second person (not `US`, a country), or an imperative at the beginning.
_TO_READERS = re.compile(
    r"""\b(?:[Uu]s|[Mm]e|(?i:our|my|you|your))\b
    |(?i:(?:^|[.!?:;|…–—]\s+)(?:(?:please|to)\s+)?(?:sign[ ]up|subscribe|register|follow|find|like|join
    |get|receive|e-?mail|reach|contact|write|send))\b""",
    re.VERBOSE,
)

# A heading above links to other stories; the lines below it are not part of the story.
_RELATED = r"""(?:more|related|recommended|other|latest|top|trending|popular)[ ](?:stories|articles|posts|news
        |coverage|videos|content|reading|for[ ]you|like[ ]this)\s*:?|more[ ]from[ ](?-i:[A-Z])[^:]{0,40}
        |you[ ](?:may|might)[ ](?:also[ ])?(?:like|be[ ]interested[ ]in)\s*(?:[:.…]*)
        |(?:read|see)[ ](?:also|more|next)\s*[:.…]*|(?:das[ ]könnte|auch)[ ].{0,20}interessieren\s*:?
        |mehr[ ](?:zum[ ]thema|dazu|aus|nachrichten|artikel)\b.{0,40}|à[ ]lire[ ]aussi\s*:?
        |(?:te|le)[ ]puede[ ]interesar\s*:?|leggi[ ]anche\s*:?|leia[ ](?:também|mais)\s*:?"""


def _any_of(forms: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE | re.VERBOSE)


_CALL_PATTERN, _LABEL_PATTERN = _any_of(_CALLS), _any_of(_LABELS)
_RELATED_PATTERN = _any_of([_RELATED])
_CLOSING_PATTERN, _RIGHTS_PATTERN = _any_of(_CLOSINGS), _any_of(_RIGHTS)


def is_sentence(line: str) -> bool:
    """Return whether `line` ends like a sentence and has at least `SENTENCE_WORDS` words.

    >>> is_sentence("Ministers read also the fine print."), is_sentence("READ ALSO: Weather")
    (True, False)
    """
    return bool(_SENTENCE_END.search(line)) and count_words(line) >= SENTENCE_WORDS


def is_debris(line: str) -> bool:
    """Return whether `line`, without surrounding white space, belongs to the page and not to the story.

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
    is_label = words <= MAX_LABEL_WORDS and _LABEL_PATTERN.fullmatch(line)
    return bool(is_label or (words <= MAX_WORDS and _CALL_PATTERN.fullmatch(line)))


def drop_debris(text: str) -> str:
    r"""Return `text` without boilerplate and without lines that repeat the line above them.

    Repeated sentences and table rows are kept; repeated captions and headings are page artefacts.

    >>> drop_debris("Talks go on.\nREAD ALSO: Weather\nA bridge at dawn\nA bridge at dawn")
    'Talks go on.\nA bridge at dawn'
    """
    lines = text.split("\n")
    are_kept = _are_kept(lines)
    return "\n".join(compress(lines[: _story_end(lines, are_kept)], are_kept))


def _are_kept(lines: list[str]) -> list[bool]:
    """Return a flag per line: False if the line repeats another one or is boilerplate."""
    are_kept = []
    above = None
    for line in lines:
        repeated = above == line and " | " not in line and not is_sentence(line)
        are_kept.append(not repeated and not is_debris(line))
        if are_kept[-1]:
            above = line
    return are_kept


def _story_end(lines: list[str], are_kept: list[bool]) -> int:
    """Return the number of lines up to the end of the story, without lines that the publisher adds.

    The publisher adds sentences about itself and headings above links to other stories. Such a
    heading ends the story only if all lines below the heading are short and have fewer words
    together than the lines above it. Otherwise the heading is part of the story.
    """
    words = [count_words(line) * kept for line, kept in zip(lines, are_kept, strict=True)]
    before = list(accumulate(words, initial=0))
    begin = are_kept.index(True) if any(are_kept) else len(lines)
    end = first = len(lines)  # no line from `first` to `end` is such a heading
    while True:
        while end > begin + 1 and (not are_kept[end - 1] or _is_closing(lines[end - 1])):
            end -= 1
        first = min(first, end)
        while first == end or words[first] <= MAX_TEASER_WORDS:
            if before[first - 1] <= before[end] - before[first]:
                return end
            first -= 1
            if _is_related(lines[first]):
                end = first
                break
        else:
            return end


def _is_related(line: str) -> bool:
    return len(line) <= MAX_CHARACTERS and bool(_RELATED_PATTERN.fullmatch(line))


def _is_closing(line: str) -> bool:
    if len(line) > MAX_CHARACTERS or count_words(line) > MAX_CLOSING_WORDS:
        return False
    return bool(
        _RIGHTS_PATTERN.search(line) or (_CLOSING_PATTERN.search(line) and _TO_READERS.search(line))
    )
