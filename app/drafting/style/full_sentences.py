"""A note in prose speaks in full sentences: 'Denies fever.' becomes 'The patient denies fever.'; nothing is added."""

import re

from app.drafting.writing.telling.reported_tables import reported

_IS = {"are": "is", "have": "has", "were": "was", "do": "does"}
_MODAL = frozenset({"had", "did", "will", "would", "can", "could", "may", "might", "should", "must", "cannot"})
_SAYS = re.compile(r"^(Denies|Reports)(?= \S)")
_THEY = re.compile(r"^They (?P<verb>[a-z]+)(?P<rest>\b.*)$", re.DOTALL)
_THEIR = re.compile(r"^Their (?=\w)")
_PAST = re.compile(r"^(?!need$|heed$)[a-z]{2,}ed$")


def in_full_sentence(text: str) -> str:
    """Return a statement with the patient as its subject where it has none or only 'they'; labels stay labels."""
    if _SAYS.match(text):
        return f"The patient {text[:1].lower()}{text[1:]}"
    if _THEIR.match(text):
        return _THEIR.sub("The patient's ", text)
    match = _THEY.match(text)
    verb = _third_person(match["verb"]) if match else ""
    return f"The patient {verb}{match['rest']}" if match and verb else text


def _third_person(verb: str) -> str:
    """The verb behind 'the patient'; '' where it would need an inflection that no table holds."""
    if verb in _IS:
        return _IS[verb]
    return verb if verb in _MODAL or _PAST.match(verb) or verb in reported("past") else ""
