"""What a quoted question says together with its answer: '"Any fever?" – "No."' denies the fever.

A no denies all that was asked; 'problems with' something make it normal. A yes affirms it. Any other answer counts by
its own words: of a question that asks how, when, where or what, the thing asked about is taken for granted; of one that
offers alternatives or could be answered with yes or no, only what it names, if the answer names nothing itself.
"""

import re
from dataclasses import replace

from app.drafting.checking.hearing.reading import Kind
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import is_plain_no
from app.insight.text_facts import TROUBLE, Facts, Named, Word, facts_of, in_words

_EXCHANGE = re.compile(r"[\"“](?P<asked>[^\"“”]+)[\"”]\s*[–—-]\s*[\"“](?P<answer>[^\"“”]+)[\"”]")
_OPEN = re.compile(
    r"^(?:\W*(?:and|so|then|in|for|on|of|with|at|about)\b)*\W*(?:how|when|where\w*|what|who|which|why)\b", re.I
)
_SENTENCE = re.compile(r"(?<=[?.])\s+")
_FRAME = re.compile(
    r"^(?:and |so |but |or |also )*(?:(?:have|has|had|do|does|did|is|are|was|were|can|could|would) "
    r"(?:you|it|that|there|he|she|they|your|the pain)\b ?)?(?:(?:ever|also|normally|still|been|had|got|get|noticed|"
    r"having|experienced|experiencing|any|at all|recently) )*",
    re.I,
)
_BUT_ONE = re.compile(r"^\W*(?:no|not|nope|nothing|none)\b[,.]?\s*(?:just|only|apart from|except|other than)\b", re.I)
_NOT_I = re.compile(
    r"^\W*(?:(?:um|uh|well|oh)\W+)*(?:i|it|he|she|we|they|that)\s+\w+(?:n['’]t| not)\b"
    r"(?! (?:know|remember|sure|mind|tell))",
    re.I,
)
_TAKEN_BACK = re.compile(r"\b(?:no|well|actually),? (?:i do|actually|yes|yeah)\b(?! not|n['’]t)|\bsometimes\b", re.I)
_HESITATION = words("filler") | words("filler-answer") | {"hmm", "oh", "ohh", "well", "uh", "um"}
_NO, _YES = words("no"), words("yes")
_OTHER = Word("other", negated=True, of_table=True)


def read_exchange(text: str, *, of_relative: bool = False) -> Facts | None:
    """Return the facts of a text that quotes a question and its answer; None for any other text.

    Args:
        of_relative: the text stands under family history.
    """
    match = _EXCHANGE.search(text)
    if match is None:
        return None
    asked, answer = match["asked"], match["answer"]
    found = facts_of(f"{text[: match.start()]} ") if match.start() else _NOTHING
    said = facts_of(answer, of_relative=of_relative)
    answer = _without_echo(asked, answer)
    first = next((t.text for t in tokenise(answer) if t.text not in _HESITATION), "")
    none = _OPEN.search(asked) and _NOT_ONE.search(answer)
    if _OPEN.search(asked) and not is_plain_no(answer) and not none:
        return found.with_facts(replace(facts_of(asked), amounts=())).with_facts(said)
    if not _TAKEN_BACK.search(answer) and (first in _NO or none or is_plain_no(answer) or _NOT_I.search(answer)):
        other = replace(_NOTHING, words=(_OTHER,)) if _BUT_ONE.search(answer) else _NOTHING
        return found.with_facts(_denied(asked)).with_facts(said).with_facts(other)
    said_first = [t.text for t in tokenise(answer) if t.text not in _HESITATION]
    last, mixed = said_first[-1:], bool(_NO & set(said_first[1:4]))
    if (first in _YES and not mixed) or set(last) & _YES or _CONFIRMS.search(answer):
        return found.with_facts(facts_of(asked)).with_facts(said)
    if _TAKEN_BACK.search(answer):
        return found.with_facts(replace(_NOTHING, named=facts_of(asked).named)).with_facts(said)
    topics = any(n.can_be_topic and n.kind is not Kind.DRUG and kind_of(n.name) != "therapy" for n in said.named)
    named = () if topics else tuple(n for n in facts_of(asked).named if n.can_be_topic)
    return found.with_facts(replace(_NOTHING, named=named)).with_facts(said)


_NOT_ONE = re.compile(r"(?:n['’]t|\b(?:not|never))\b[^.]{0,20}\bone\b", re.I)
_CONFIRMS = re.compile(
    r"^\W*(?:something like that|that['’]s (?:right|correct)|exactly|correct|I (?:think|guess) so)\b", re.I
)
_ABNORMAL = re.compile(r"\babnormal\b", re.I)
_NOTHING = Facts((), (), frozenset(), (), frozenset())


def _denied(asked: str) -> Facts:
    """What is denied with a question: each of its sentences, or that there is trouble with something."""
    found = _NOTHING
    for sentence in _SENTENCE.split(asked):
        body = _ABNORMAL.sub("problem with", _FRAME.sub("", sentence.strip(" ?.,")))
        if TROUBLE & set(in_words(body).lower().split()):
            facts = facts_of(f"no {body}")
            denied = tuple(replace(n, negated=not _is_taken_for_granted(n, sentence)) for n in facts.named)
            found = found.with_facts(replace(facts, named=denied))
            continue
        facts = facts_of(body)
        found = found.with_facts(
            replace(
                facts,
                named=tuple(replace(n, negated=True) for n in facts.named),
                words=tuple(replace(w, negated=True) for w in facts.words),
                amounts=(),
                sides=frozenset(),
                stems=frozenset((stem, True) for stem, _ in facts.stems),
            )
        )
    return found


def _without_echo(asked: str, answer: str) -> str:
    """An answer without the word of the question that it repeats first: 'Dizzy? No, never.'"""
    first, _, rest = answer.partition(". ")
    heard = {t.text for t in tokenise(asked)}
    return rest if rest and all(t.text in heard for t in tokenise(first)) else answer


def _is_taken_for_granted(named: Named, sentence: str) -> bool:
    """'Any trouble with your asthma?' 'No.' denies no asthma."""
    return kind_of(named.name) == "condition" and " your " in sentence.lower()
