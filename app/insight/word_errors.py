"""Word error rate with a written-down normaliser for English speech.

The normaliser follows the idea of Whisper's English normaliser (Radford et al. 2022, appendix C): case, punctuation,
contractions, fillers, numbers, titles and British spelling do not count as errors. What it does:

1. Unicode NFKC, lower case, typographic apostrophes to plain ones; text in brackets or angle brackets goes.
2. Contractions and spoken short forms are written out ("don't" -> "do not", "gonna" -> "going to").
3. Fillers without meaning go ("um", "uh", "hmm"); "yeah", "okay" and "no" stay, because they answer questions.
4. Everything but letters, digits, decimal points within numbers and percent signs becomes a space.
5. Spelled numbers become digits; "mr" becomes "mister"; British endings become American.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.insight.spoken_numbers import digits_for_numbers

_FILLERS = frozenset(
    {"um", "umm", "uh", "uhh", "uhm", "er", "err", "erm", "ah", "ahh", "hm", "hmm", "hmmm", "mm", "mmm"}
    | {"eh", "huh", "mhm", "mmhm"}
)
_WHOLE_WORDS = {
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "shan't": "shall not",
    "ain't": "is not",
    "let's": "let us",
    "y'all": "you all",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "kinda": "kind of",
    "sorta": "sort of",
    "lotta": "lot of",
    "gimme": "give me",
    "'cause": "because",
    "cuz": "because",
    "'em": "them",
    "ok": "okay",
    "alright": "all right",
    "mr": "mister",
    "mrs": "missus",
    "ms": "miss",
    "dr": "doctor",
    "st": "saint",
    "vs": "versus",
    "yup": "yep",
    "mom": "mum",
    "percent": "%",
}
_ENDINGS = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"), ("'m", " am"))
_IS_AFTER = frozenset(
    {"he", "she", "it", "that", "there", "here", "what", "where", "who", "how", "when", "this"}
    | {"everything", "something", "nothing"}
)  # elsewhere 's is possession
_AMERICAN = (
    (re.compile(r"^(behavi|col|fav|flav|hum|lab|neighb|od|rum|tum|vap|vig)our"), r"\1or"),
    (re.compile(r"(\w{3,})(is)(e|ed|es|ing|ation|ations)$"), r"\1iz\3"),
    (re.compile(r"(\w{2,}[aeiou])ll(ed|ing|er|ers)$"), r"\1l\2"),
    (re.compile(r"(^|hypo|iso)(an|h|f|p|gyn|orthop)ae([mstdc])"), r"\1\2e\3"),
    (re.compile(r"aemi(a|c)$"), r"emi\1"),
    (re.compile(r"^oe(soph|dem|str)"), r"e\1"),
    (re.compile(r"rrhoea"), "rrhea"),
    (re.compile(r"^(cent|met|lit|fib)re(s?)$"), r"\1er\2"),
    (re.compile(r"^grey"), "gray"),
    (re.compile(r"^mould"), "mold"),
    (re.compile(r"^tyre(s?)$"), r"tire\1"),
)
_TOKEN = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+(?:[.,]\d+)*|%|[^\W\d_]+", re.UNICODE)


def normalise(text: str) -> list[str]:
    """Return the words of an English text in the form in which they are compared (see the module's head)."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("`", "'")
    text = re.sub(r"[—–/]|--+", " ", text)
    text = re.sub(r"\[[^\]]*\]|<[^>]*>|\([^)]*\)", " ", text)
    text = re.sub(r"\b(mm|uh|mhm|mm-hm)-(hmm?|huh|uh)\b", " ", text)
    words: list[str] = []
    for raw in text.split():
        words.extend(_tokens(_written_out(raw)))
    return [_american(w) for w in digits_for_numbers([w for w in words if w not in _FILLERS])]


def _written_out(word: str) -> str:
    bare = word.strip('.,;:!?"()-…')
    if bare in _WHOLE_WORDS:
        return _WHOLE_WORDS[bare]
    for ending, full in _ENDINGS:
        if bare.endswith(ending):
            return bare.removesuffix(ending) + full
    if bare.endswith("'s"):
        stem = bare.removesuffix("'s")
        return f"{stem} is" if stem in _IS_AFTER else f"{stem}s"
    return word.replace("'", "")


def _tokens(text: str) -> list[str]:
    tokens = []
    for token in _TOKEN.findall(text):
        plain = token.replace(",", "") if token[0].isdigit() else token
        tokens.append(_WHOLE_WORDS.get(plain, plain))
    return tokens


def _american(word: str) -> str:
    for pattern, form in _AMERICAN:
        word = pattern.sub(form, word)
    return word


@dataclass(frozen=True, slots=True)
class WordErrors:
    """Counts of an alignment; `words` is the length of the reference in words."""

    substitutions: int
    deletions: int
    insertions: int
    words: int

    @property
    def errors(self) -> int:
        """All errors together."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Word error rate: errors per reference word (may exceed 1); 0 for two empty texts."""
        return self.errors / self.words if self.words else float(self.errors > 0)

    def __add__(self, other: "WordErrors") -> "WordErrors":
        return WordErrors(
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
            self.words + other.words,
        )


NO_ERRORS = WordErrors(0, 0, 0, 0)


def word_errors(reference: str, hypothesis: str) -> WordErrors:
    """Count the word errors of a hypothesis after normalising both texts (Levenshtein on words, by jiwer)."""
    return aligned_errors(normalise(reference), normalise(hypothesis))


def aligned_errors(reference: list[str], hypothesis: list[str]) -> WordErrors:
    """Count the errors between two normalised word lists."""
    if not reference or not hypothesis:
        return WordErrors(0, len(reference), len(hypothesis), len(reference))
    import jiwer

    out = jiwer.process_words(" ".join(reference), " ".join(hypothesis))
    return WordErrors(out.substitutions, out.deletions, out.insertions, len(reference))


def aligned_pairs(reference: list[str], hypothesis: list[str]) -> list[tuple[int, int]]:
    """Return (reference index, hypothesis index) of words that the best alignment holds as equal or substituted."""
    from rapidfuzz.distance import Levenshtein

    pairs: list[tuple[int, int]] = []
    for step in Levenshtein.opcodes(reference, hypothesis):
        if step.tag in {"equal", "replace"}:
            pairs.extend(zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True))
    return pairs


def total(errors: Iterable[WordErrors]) -> WordErrors:
    """Sum counts over several recordings (a total rate weighs every word alike)."""
    result = NO_ERRORS
    for item in errors:
        result = result + item
    return result
