"""Cuts talk that a recogniser wrote without commas or stops where a new statement or question begins."""

import re

_JOINTS = r"(?:(?:now|okay|ok|alright|all right|so|first|and|but|well|yeah|then|no|also)\s+)*"
_STARTS = (
    r"(?:i'm|i am|we're|we are|she's|he's|they're|you're) (?:also |just |then )*going to\b"
    r"|(?:i|we|you|they|she|he)(?:'ll| will)\b|(?:i|we) (?:also |do |really |just )*(?:want|need|would like|can"
    r"|could) (?:you|to|get|give|do)\b"
    r"|(?:i|we)(?:'d| would) (?:like|recommend|suggest)\b|(?:i'm|i am) thinking|let's\b|(?:let|lem) me\b"
    r"|for (?:your|the) (?:\w+ ){1,6}?(?=(?:now|so|i|we|i'm|we're|let's|i'll|we'll|you're) )|in the meantime\b"
    r"|what (?:we|i) (?:can|need|want|will)\b"
    r"|you (?:can|should|could|need to|may) |(?:do|have|are|did|can) you\b|how (?:about|does|do|is|long|are)\b"
    r"|(?:is|does|did) (?:that|it|this)\b|your (?:\w+ ){1,3}(?:is|are)\b|there(?:'s| is| are)\b"
    r"|you (?:do )?have\b|you are\b|you're not\b|i (?:also |do |really |still )*(?:don't |can't )?(?:see|hear"
    r"|appreciate|feel|identify|notice|recommend|prescribe)\b"
    r"|(?:i|we) (?:can|could)\b|okay\b|alright\b|sorry\b|no problem\b|i think\b|(?:that|this) (?:should|will|means"
    r"|is going)\b|that's\b|(?:now|so|and|but|okay) if\b|go ahead and\b|listen(?:ing)? to your\b|looking at your\b"
    r"|on (?:your|the) (?:\w+ )?exam\b|honestly\b|(?:before (?:we|you) came|prior to (?:coming|this))\b|the nurse\b"
    r"|the (?:good|bad) news is\b|it's\b|this is\b|my nurse\b"
)
_START = re.compile(rf"\s+(?={_JOINTS}(?:{_STARTS}))", re.IGNORECASE)
_GOVERNS = frozenset(
    [
        "that",
        "if",
        "when",
        "because",
        "which",
        "what",
        "where",
        "whether",
        "like",
        "as",
        "than",
        "until",
        "once",
        "unless",
        "how",
        "to",
        "sure",
        "who",
        "why",
        "for",
        "or",
        "and",
        "so",
        "but",
        "while",
        "after",
        "before",
        "now",
        "okay",
        "ok",
        "alright",
        "well",
        "yeah",
        "then",
        "first",
        "no",
        "also",
        "the",
        "a",
        "think",
        "know",
        "mean",
        "say",
        "see",
        "is",
        "was",
        "about",
        "in",
        "on",
        "of",
        "with",
        "think",
        "make",
        "right",
        "me",
        "let's",
        "ahead",
    ]
)
_BEFORE_SUBJECT = frozenset(["do", "does", "did", "are", "have", "has", "can", "could", "get", "let", "here"])
"""Words that govern a subject, and no other beginning, behind them: 'do you have', 'have the nurse check'."""
_SUBJECT = re.compile(r"\s*(?:you|it|that|this|there|the nurse)\b", re.IGNORECASE)
_SUPPOSES = re.compile(r"\b(?:if|unless|once|when)\b", re.IGNORECASE)
_SHORT_IF = re.compile(
    r"(?:\S+\s+){4,}(?:if|when|once) (?:that happens|(?:it(?:'s| is) )?(?:needed|necessary|possible)"
    r"|you (?:need|want|like)"
    r"|need be)(?: (?:to|it))?$",
    re.IGNORECASE,
)
"""A whole condition at the end of what depends on it."""
_BEHIND = re.compile(r"^(?:\S+\s+){4,}(?:if|unless|once|when)\b", re.IGNORECASE)
_ALSO = re.compile(r"(?:(?:now|okay|so|and)\s+)*(?:i|we)(?:'m|'re| am| are|'ll| will)? also\b", re.IGNORECASE)
_ASKS = re.compile(
    rf"^{_JOINTS}(?:do|does|did|is|are|have|has|how|can|could|would|any|what) (?:you|that|it|this|there|i|we|about"
    rf"|does|do|is|long|are|pain|your|the)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\s+(?=(?:(?:do|did|have|are|were|can|could) you|(?:is|was) (?:it|there|that)|(?:does|did) (?:it|that|the)"
    r"|any (?!of\b|other\b|more\b|further\b|time\b)\w+|how (?:about|is|are|do|does|long|often|much|bad)|what about)\b)",
    re.IGNORECASE,
)
_NO_QUESTION_AFTER = frozenset(
    [
        "about",
        "after",
        "are",
        "as",
        "be",
        "because",
        "before",
        "did",
        "do",
        "does",
        "for",
        "from",
        "get",
        "had",
        "has",
        "have",
        "having",
        "he",
        "how",
        "i",
        "if",
        "is",
        "know",
        "like",
        "n't",
        "need",
        "no",
        "not",
        "of",
        "or",
        "prevent",
        "see",
        "she",
        "sure",
        "take",
        "than",
        "that",
        "there's",
        "they",
        "to",
        "until",
        "want",
        "we",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "who",
        "why",
        "with",
        "without",
    ]
)
"""Words behind which 'do you', 'is it' or 'any' begins no question: 'see how it does', 'without any pain'."""
_NO_ANY_AFTER = frozenset(["and", "hear", "feel", "notice", "noticed", "noticing", "appreciate", "seeing"])
_LEAST_ASKED = 3
_MARKS = re.compile(r"[,;:.?!](?=\s|$)")
_LONG = 22
"""Words without a comma or stop from which talk is taken as written without any."""


def is_run_on(text: str) -> bool:
    """Whether a text is long and has hardly any comma or stop."""
    words = len(text.split())
    return words > _LONG and len(re.findall(r"[,;:.?!](?=\s|$)", text)) * _LONG < words


def parted(text: str) -> list[str]:
    """Return the statements of a run-on text, a condition together with what follows from it; others whole."""
    if not is_run_on(text):
        return [text]
    found: list[str] = []
    start, concluded = 0, False
    for match in _START.finditer(text):
        piece = text[start : match.start()]
        last = piece.split()[-1].lower() if piece.split() else "so"
        if last in _GOVERNS or (last in _BEFORE_SUBJECT and _SUBJECT.match(text, match.end())):
            continue
        if _SUPPOSES.search(piece) and not concluded and not _is_concluded(piece, text[match.end() :]):
            concluded = True
            continue
        found.append(piece.strip(" ,"))
        start, concluded = match.end(), False
    return [p for p in [*found, text[start:].strip(" ,")] if p]


def _is_concluded(piece: str, following: str) -> bool:
    """Whether a condition belongs to what stands before it, and something else follows: 'we can send it off if …'."""
    return bool(_SHORT_IF.search(piece) or (_BEHIND.search(piece) and _ALSO.match(following)))


def questions_apart(text: str) -> list[str]:
    """Return a run-on text as what is stated before its last question, and that question with a mark; others whole.

    Only a question at the end counts: in the middle its answer may stand behind it.
    """
    if text.rstrip().endswith("?") or not (is_run_on(text) or not _MARKS.search(text.strip(" ."))):
        return [text]
    for match in reversed(list(_QUESTION.finditer(text))):
        before, asked = text[: match.start()].split(), text[match.end() :].split()
        if asked[:1] == ["any"] and before[-1:] and before[-1] in _NO_ANY_AFTER:
            continue
        if not before or before[-1].lower().strip(",.") in _NO_QUESTION_AFTER or len(asked) < _LEAST_ASKED:
            continue
        if len(asked) > _LONG or parted(" ".join(asked))[1:]:
            return [text]
        return [" ".join(before), f"{' '.join(asked).rstrip(' .')}?"]
    return [text]


def begins_asking(text: str) -> bool:
    """Whether a piece of a run-on text has the words of a question in front."""
    return bool(_ASKS.match(text))
