"""The patient's spoken words told of the patient: I becomes they, so that no verb needs another form.

Where it would not be plain who 'they' are, or what was asked, told or quoted within, there is no such telling.
"""

import re
from collections.abc import Callable

from app.drafting.lexicon.tables import words
from app.drafting.writing.telling.reported_tables import reported

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_UNSURE = re.compile(
    r"\b(?:my \w+|me|myself) and I\b"
    r"|\b(?:me and|and me|me too|(?:that|it|there)['’]s me|(?:is|was|than|just|as) me)\b|^me\b|\bI and\b"
    r"|\b(?:oh my|my (?:god|goodness|word|days))\b|\b(?:let|excuse|believe|trust|tell|ask|forgive) me\b"
    r"|\b(?:was|were|am|i['’]m|be|being) like,?\s|\bI (?:said|thought|told|asked|say)\s*[,:]"
    r"|\b(?:type|stage|grade|class|phase|vitamin|factor) I\b|\b(?:am|was) I\b|\bI (?:are|is|ain['’]t)\b"
    r"|“[^”]*\bI\b",
    re.I,
)
_KIN = words("kin") | words("acquaintance")
_WITH_KIN = re.compile(r"\bmy (?P<who>\w+) and I\b", re.I)
_ADVERB = r"(?:(?:also|always|just|never|not|only|often|really|still|usually|even|kind of|sort of|already|then) ){0,2}"
_THEY_ARE = re.compile(rf"(?<![\w'’])(I ){_ADVERB}(am|was|wasn['’]t)(?![\w'’])", re.I)
_AND_WAS = re.compile(r"(?P<join>\b(?:and|but|then|or) (?:then )?)(?P<verb>was|am|wasn['’]t)(?![\w'’])", re.I)
_SUBJECT = re.compile(r"(?<![\w'’])(?:I|it|that|this|there|which|who)(?:['’]\w+)?(?![\w'’])|\b(?:the|my|an?) \w+", re.I)
_SUBJECT_FIRST = re.compile(
    r"^(?:(?:if|when|whenever|since|but|sometimes|usually|also|then|now|[a-z ]{3,30},) )?"
    r"(?:they|it|there|(?:that|this)(?= (?:is|was|has|makes?|does|did))|their \w+|the \w+|every\w+|no\w*)\b",
    re.I,
)
_WERE = {"am": "are", "was": "were", "wasn't": "weren't"}
_PLAIN = {
    "i": "they",
    "i'm": "they are",
    "i've": "they have",
    "i'll": "they will",
    "i'd": "they'd",
    "my": "their",
    "me": "them",
    "mine": "theirs",
    "myself": "themselves",
}
_HE = frozenset({"he", "she", "him", "her", "his", "he's", "she's"})
_LEAST_LEFT, _MOST_LEFT = 2, 8
_FIRST_PERSON = frozenset(_PLAIN)
_HAS = re.compile(r"\b(it|that|there)['’]s(?= (?:\w+ )?(?:been|got)\b)", re.I)
_IS = re.compile(
    r"\b(it|that|there)['’]s(?= (?:\w+ing|not|just|really|very|quite|an?|the|like|kind of|sort of|more|less|worse"
    r"|better|always|usually|about|on|in|at|there|still|no|their|only|mostly|all|so|too)\b)",
    re.I,
)
_NOT = {
    **{f"{verb}n't": f"{verb} not" for verb in ("do", "does", "did", "is", "are", "was", "were", "have", "has", "had")},
    **{f"{verb}n't": f"{verb} not" for verb in ("could", "would", "should", "need", "must")},
    "can't": "cannot",
    "won't": "will not",
    "gonna": "going to",
    "wanna": "want to",
    "kinda": "kind of",
    "'cause": "because",
}


def told_of_patient(sentence: str, *, of_relative: bool = False) -> str | None:
    """Return a sentence of the patient in the third person, or None where a rule is not sure.

    Args:
        of_relative: it stands under family history, where 'he' is nobody else than the one named.
    """
    said = {m[0].lower().replace("’", "'") for m in _WORD.finditer(sentence)}
    third = said & reported("person")
    if of_relative and third <= _HE and not said & (_FIRST_PERSON - {"my"}):
        third = set()
    if third or _UNSURE.search(sentence) or _asks(sentence):
        return None
    if "them" in said and said & {"me", "myself"}:
        return None
    if any(m["who"].lower() in _KIN for m in _WITH_KIN.finditer(sentence)):
        return None
    return _in_full(_replaced(_agreeing(sentence)))


def telegraphic(sentence: str) -> str:
    """Return a sentence as notes begin it: 'Quit eight years ago.', 'Retired.', 'Knee hurts.'

    'They' goes before a verb in the past, 'they are' at the beginning of a short sentence, 'their' before its noun.
    """
    first, _, rest = sentence.partition(" ")
    verb, _, after = rest.partition(" ")
    verb = verb.lower().strip(",.")
    if first.lower() == "their" and after:
        return rest if verb not in _KIN and "'" not in verb and "’" not in verb else sentence
    if first.lower() != "they" or not after:
        return sentence
    if verb == "are":
        return after if _LEAST_LEFT < len(sentence.split()) <= _MOST_LEFT else sentence
    past = verb in reported("past") or (len(verb) > len("need") and verb.endswith("ed") and verb != "indeed")
    return rest if past else sentence


def has_subject(sentence: str) -> bool:
    """Whether a sentence begins with a subject, so that it is one without 'Reports' before it."""
    return bool(_SUBJECT_FIRST.search(sentence))


def in_full(text: str) -> str:
    """Return a text with 'not' written out."""
    return _in_full(text)


def _asks(sentence: str) -> bool:
    """Whether a sentence is a question; one that begins with 'maybe' or 'about' only has a rising voice."""
    first = sentence.partition(" ")[0].lower().strip(",")
    return "?" in sentence and first not in reported("hedge")


def _agreeing(sentence: str) -> str:
    """'I was' is 'they were', also behind an adverb and in 'I got up and was dizzy'; 'it was' stays."""
    sentence = _THEY_ARE.sub(lambda m: m[0][: m.start(2) - m.start()] + _were(m[2]), sentence)
    return _AND_WAS.sub(
        lambda m: m["join"] + (_were(m["verb"]) if _is_own(sentence[: m.start()]) else m["verb"]), sentence
    )


def _is_own(before: str) -> bool:
    subjects = list(_SUBJECT.finditer(before))
    return bool(subjects) and bool(re.match(r"i\b", subjects[-1][0], re.I))


def _were(verb: str) -> str:
    return _WERE[verb.lower().replace("’", "'")]


def _replaced(sentence: str) -> str:
    return _WORD.sub(_by(_PLAIN), sentence)


def _in_full(sentence: str) -> str:
    sentence = re.sub(r"'?[A-Za-z]+(?:['’][A-Za-z]+)*", _by(_NOT), sentence)
    return _IS.sub(r"\1 is", _HAS.sub(r"\1 has", sentence))


def _by(table: dict[str, str]) -> Callable[[re.Match[str]], str]:
    def instead(match: re.Match[str]) -> str:
        found = table.get(match[0].lower().replace("’", "'"))
        if found is None:
            return match[0]
        first = match.start() == 0 and match[0][:1].isupper()
        return found[:1].upper() + found[1:] if first else found

    return instead
