"""Whether a label and the answer alone say everything, so that the question need not be quoted."""

import re

from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import content_stems, said_names
from app.drafting.writing.telling.reported_tables import reported

_OPEN = re.compile(r"\b(?:how|where|when|what|which|whereabouts|describe|since when)\b", re.I)
_CHOICE = re.compile(r"\bor\b", re.I)
_THEN = re.compile(r"\b(?:did|was|were|had (?:you|it|they))\b", re.I)
"""A question of another time than now; only an onset is of then anyway."""
_NO = re.compile(r"^\W*(?:no|nope|nah|not|none|never|nothing)\b", re.I)
_LABELS = (
    ("Location", re.compile(r"^(?:and |so )?where(?:abouts)?\b", re.I)),
    (
        "Onset",
        re.compile(r"^(?:and |so )?when did (?:it|this|that|they|these|the \w+) (?:first )?(?:start|begin)", re.I),
    ),
    ("Duration", re.compile(r"^(?:and |so )?(?:for )?how long (?:does|do|has|have)\b", re.I)),
    ("Frequency", re.compile(r"^(?:and |so )?how (?:often|many times a \w+)\b", re.I)),
)
_ANSWERED_BY_NO = frozenset({"radiation", "worse with", "better with", "impact"})
"""Labels under which 'no, but …' reads right."""
_NOTHING_ASKED = words("stop") | words("yes") | words("no") | {"exactly", "on", "or", "and", "you", "your"}
_BETTER_OR_WORSE = re.compile(r"\b(?:better or worse|worse or better|or anything|or something|or not)\b", re.I)
_BOTH = re.compile(r"\b(?:better or worse|worse or better)\b", re.I)
_USED_TO = re.compile(r"\bused? to\b", re.I)
_GOING_ON = re.compile(r"\bgoing on\b|\b(?:just )?to clarify\b|\bcan i (?:just )?(?:double )?check\b", re.I)
_MOST_NAMED = 1


def holds_content(answer: str) -> bool:
    """Whether an answer says something by itself: not 'yes', 'a little', 'the same'."""
    stems = {t.text for t in tokenise(answer) if not t.is_stop and t.text.isalpha()}
    stems -= reported("bare") | words("yes") | words("no")
    return bool(stems) or bool(read_numbers(tokenise(answer)))


def label_asked(question: str) -> str:
    """Return the label that a question asks for ('Where does it hurt?': Location), or ''."""
    return next((label for label, cue in _LABELS if cue.search(question)), "")


def _sites(text: str) -> set[str]:
    """Words of the places that a question offers; the answer takes one of them."""
    tokens = tokenise(text)
    return {t.text for hit in find_sites(tokens) for t in tokens[hit.start : hit.end]}


def asked_about(label: str, question: str, answer: str, *, dated: bool = False) -> str | None:
    """Return what has to be said beside label and answer ('' for nothing), or None if the question has to stay.

    A question that names one complaint leaves its name; one with any other word of its own stays, as does one that
    offers a choice of which the answer takes none, one that asks of another time, and one that was answered with a no
    under a label that a no does not answer. `dated`: the line says elsewhere what it is about, and of when.
    """
    # a habit of the past; an answer to two questions under the label of one
    unlike = _USED_TO.search(question) or (_BOTH.search(question) and len(sentences_of(answer)) > 1)
    question = _BETTER_OR_WORSE.sub("worse", question)
    open_, choice = bool(_OPEN.search(question)), bool(_CHOICE.search(question))
    takes_one = bool(content_stems(question) & content_stems(answer))
    if unlike or not holds_content(answer) or (choice and not takes_one):
        return None
    if _THEN.search(question) and not dated and label.lower() != "onset":
        return None
    refused = bool(_NO.search(answer))
    if refused and not open_ and not choice and label.lower() not in _ANSWERED_BY_NO:
        return None
    said, spoken = _GOING_ON.sub(" ", question), {t.stem for t in tokenise(answer)}
    general = reported("asks") | reported(f"asks {label.lower()}")
    named = [one for _, one in said_names(said) if not set(one.split()) <= general]
    known = _NOTHING_ASKED | general | {word for one in named for word in one.split()}
    known |= reported("choice") if choice else frozenset()
    sites = _sites(said) - spoken
    if takes_one or label.lower() != "location" or len(sites) != 1:
        known |= sites if takes_one else frozenset()
    else:
        named += sites
        known |= sites
    if any(t.text.isalnum() and t.text not in known and t.stem not in spoken for t in tokenise(said)):
        return None
    new = [one for one in named if not {t.stem for t in tokenise(one)} <= spoken]
    if len(new) > _MOST_NAMED or (new and (refused or not (open_ or choice))):
        return None
    return new[0] if new else ""
