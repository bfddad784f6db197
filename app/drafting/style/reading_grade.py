"""How hard a text is to read: the Flesch-Kincaid grade.

0.39 * words/sentences + 11.8 * syllables/words - 15.59 (Kincaid, Fishburne, Rogers and Chissom, 1975: Derivation of new
readability formulas for Navy enlisted personnel, Research Branch Report 8-75). The grade is a year of school in the
United States. Words of letters are counted by rules of spelling, numbers as they are read out.
"""

import re

from app.domain.note import Note
from app.drafting.checking.plain_text import sentences

AIM = 6.0
"""Grade that health information for patients should not exceed."""

_WORD = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_E = re.compile(r"[^aeiouy]e$")
_SILENT_WITHIN = re.compile(r"(?<=[^aeiouyl])ely$|aches$")
_SPOKEN_LE = re.compile(r"[^aeiouy]l(?:e|es|ed)$")
_SILENT_ES = re.compile(r"(?<![aeiouycsxzg])(?<!ch)(?<!sh)es$")
_SILENT_ED = re.compile(r"(?<![aeiouytd])ed$")
_TWO = (
    re.compile(r"(?<![tcsgx])i(?:a(?!ge)|o|u)"),  # di-abetes, medi-um, but not na-tion
    re.compile(r"(?<=[cdhur])ie(?=t|nce)"),  # di-et, sci-ence
    re.compile(r"(?<=[aeiou])y(?=[aeiou])"),  # be-yond, play-er
    re.compile(r"(?<=[^aeiou]y)ing\b"),  # study-ing
    re.compile(r"(?<=[eo])ing\b"),  # see-ing, go-ing
    re.compile(r"(?<![qgaeo])ua"),  # usu-al
    re.compile(r"(?<!g)eo(?!p|u)"),  # vide-o
    re.compile(r"(?<=[^aeiou]u)id\b"),  # flu-id
    re.compile(r"(?<=[aeiouy][^aeiouy])ea\b"),  # are-a, ide-a
    re.compile(r"(?<=cr)ea(?=t)"),  # cre-ate
    re.compile(r"(?<=[^aeiouy])ism\b"),
    re.compile(r"(?<=[ds])n['’]t\b"),  # did-n't
)
_EXCEPTIONS = {
    **dict.fromkeys(("eye", "eyes", "built", "guide"), 1),
    **dict.fromkeys(("people", "every", "evening", "business", "several", "different", "something", "sometimes"), 2),
    **dict.fromkeys(
        ("poem", "someone", "therefore", "ninety", "creature", "safety", "careful", "lifestyle", "really"), 2
    ),
    **dict.fromkeys(("everyone", "everything", "anyone"), 3),
    "diabetes": 4,
}
_ONES = (2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2)
_TENS = (0, 0, 2, 2, 2, 2, 2, 3, 2, 2)


def reading_grade(text: str) -> float | None:
    """Return the Flesch-Kincaid grade of a text, to a tenth; None if it has no words."""
    words = _WORD.findall(text)
    if not words:
        return None
    return grade(len(words), max(1, len(sentences(text))), sum(syllables(word) for word in words))


def grade(words: int, sentence_count: int, syllable_count: int) -> float:
    """The formula itself, to a tenth."""
    return round(0.39 * words / sentence_count + 11.8 * syllable_count / words - 15.59, 1)


def note_grade(note: Note) -> float | None:
    """Return the grade of a note that the patient reads, over its statements; None for any other note."""
    if note.reader != "patient":
        return None
    texts = (statement.text.strip() for statement in note.statements())
    return reading_grade(" ".join(t if t.rstrip("\"”'").endswith((".", "!", "?", "…")) else f"{t}." for t in texts))


def grade_lines(note: Note) -> list[str]:
    """Return the sentence on the reading grade that stands above a note for the patient; none for other notes."""
    found = note_grade(note)
    if found is None:
        return []
    advice = "" if found <= AIM else f" Health information for patients should not exceed grade {AIM:g}."
    return [f"Reading grade {found:.1f} (Flesch-Kincaid).{advice}"]


def syllables(word: str) -> int:
    """Return the number of syllables of a word or number, at least one."""
    if word[0].isdigit():
        parts = re.findall(r"\d+", word.replace(",", ""))
        return sum(_of_number(int(part)) for part in parts) + word.count(".")
    letters = re.sub(r"['’]s$", "", word.lower())
    if letters in _EXCEPTIONS:
        return _EXCEPTIONS[letters]
    count = len(_VOWELS.findall(letters)) + sum(len(two.findall(letters)) for two in _TWO)
    if not _SPOKEN_LE.search(letters) and any(p.search(letters) for p in (_SILENT_E, _SILENT_ES, _SILENT_ED)):
        count -= 1
    return max(1, count - len(_SILENT_WITHIN.findall(letters)))


def _of_number(number: int) -> int:
    """Syllables of a whole number read out; beyond a million digit by digit."""
    if number >= 1_000_000:
        return sum(_ONES[int(digit)] for digit in str(number))
    if number >= 1000:
        return _of_number(number // 1000) + 2 + (_of_number(number % 1000) if number % 1000 else 0)
    if number >= 100:
        return _ONES[number // 100] + 2 + (_of_number(number % 100) if number % 100 else 0)
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (_ONES[number % 10] if number % 10 else 0)
