"""Diagnoses as the clinician states them, each with its hedge: 'I wonder whether this is gout' is 'possible gout'."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.clinicians_concern import concerns
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in, said_names
from app.drafting.spoken.governed import stretches_of
from app.drafting.spoken.plan_clauses import plainly_spelt
from app.drafting.spoken.relatives import named_relative
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.assessment.problem_headings import headed_problems, run_on_problems, without_bare
from app.drafting.writing.phrases import Phrase

_WEAK = re.compile(
    r"\bi(?:'m| am|'d| would)? wonder\w*\b|\bpossib(?:ly|le)\b"
    r"|(?<!someone )(?<!people )\b(?:may|might|could)(?:,| \w+){0,3}? (?:be|have)\b"
    r"(?! (?:heard|noticed|read|seen|had|been|a look|to|more))",
    re.IGNORECASE,
)
_LIKELY = re.compile(
    r"\b(?:probabl[ey]|(?:most |very )?likely|suspect|i think (?:you|this|it|that|what)|seems? (?:like|to be)"
    r"|sounds? (?:like|to be)|looks? (?:like|to be)|consistent with|suggest(?:s|ive)|fits with|makes me think)\b",
    re.IGNORECASE,
)
_SURE = re.compile(r"\b(?:diagnosis is|(?:is|it's|something) called)\b", re.IGNORECASE)
_PLAIN = re.compile(
    r"\b(?:diagnosis (?:is|of|would be)|what (?:we|i) call|(?:is|it's|something) called|positive for)\b", re.I
)
"""What names a diagnosis without any doubt, unless a word of doubt stands before it or right behind it."""
_NOT_SAID = re.compile(
    r"\b(?:not|no|nothing|never|unlikely|reassured|rather than|rule out|exclude|in case|risk of|prevent|avoid|family"
    r"|mentioned|history of|worried about|test for|check for|look for)\b|n't\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:possibl[ey]|probabl[ey]|likely|suspected|query|may|might|could|seems?|sounds?|looks?|consistent|suspicion"
    r"|concern)\b|\?",
    re.IGNORECASE,
)
_RETELLS = re.compile(
    r"\b(?:recap|summari[sz]e|you(?:'ve| have)? (?:mentioned|said|told|described|been having|had)"
    r"|you(?:'re| are) having)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:might|may|could|possibl[ey]|whether|if|exclude|rule out|consider"
    r"|not (?:quite |so |really )?(?:clear|sure))\b",
    re.IGNORECASE,
)
_UNSURE = re.compile(r"\bnot (?:quite |so |really |entirely )?(?:clear|sure)\b", re.IGNORECASE)
_GENERAL = frozenset({"infection", "viral infection", "bacterial infection", "injury", "inflammation", "arthritis"})
"""Conditions that only explain another one in the same breath: 'gastroenteritis, which is an infection'."""
_SURENESS = {"possible": 0, "likely": 1, "": 2}
_PROBABLY = re.compile(r"\b(?:probabl[ey]|likely|suspect)\b", re.IGNORECASE)
_NEAR = 5
_ARTICLES = frozenset({"a", "an", "some"})
_MOST_KINDS = 3
_REACH = 15
"""Words after 'it may be' in which the diagnosis comes."""
_EXCLUDES = re.compile(
    r"\b(?:no (?:\w+ )?(?:evidence|signs?|suspicion|indication)|negative for|rul(?:ed|es) out|exclud(?:ed|es)"
    r"|(?:don't|do not|didn't) (?:see|find|have|think))\b",
    re.IGNORECASE,
)
_PAST_TELLING = re.compile(r"(?:looks?|seems?|sounds?) like,? (?:you(?= (?:went|were|had|fell))|he|she|they)\b", re.I)
"""'It looks like they sent you over for an ulcer' tells what is known, and concludes nothing."""
_WONDERS = re.compile(r"\bwonder\w* if\b", re.IGNORECASE)
_NO_DIAGNOSIS = re.compile(r"no (?:clear |specific |definite )?(?:diagnos[ie]s|assessment|conclusions?)", re.IGNORECASE)


def concludes(section: SectionTemplate) -> bool:
    """Whether a section holds what the clinician concludes."""
    complete = section.complete
    return section.said_by is Speaker.CLINICIAN and "condition" in complete and "plan" not in complete


def with_stated_diagnoses(section: SectionTemplate, phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the phrases of an assessment with hedges as spoken, with diagnoses that the model left out.

    Complaints that the clinician only repeats, and 'no diagnosis', are none and left out.
    """
    if not concludes(section):
        return list(phrases)
    stated = dict[str, tuple[str, str, str]]()
    for name, said, hedge, utterance in _stated(transcript):
        longer = name in stated and stated[name][1:] == (hedge, utterance) and len(said) > len(stated[name][0])
        if name not in stated or longer or _SURENESS[hedge] > _SURENESS[stated[name][1]]:
            stated[name] = (said, hedge, utterance)
    concluded_in = {utterance for _, _, utterance in stated.values()}
    problems = [p for p in run_on_problems(transcript) if _is_illness(p[1]) or p[2] not in concluded_in]
    for what, names, utterance in problems:
        stated |= {n: (what, "", utterance) for n in names if kind_of(n) == "condition" and n not in _sure(stated)}
    headed = {n for _, names, _ in problems for n in names}
    kept = [p for p in phrases if not _NO_DIAGNOSIS.fullmatch(p.text) and not _recap(p, transcript)]
    kept = [p for p in kept if not _only_excluded(p, transcript)]
    kept = [_hedged(p, stated, transcript) for p in kept]
    own = [p for p in kept if _said_otherwise(p, stated, transcript)]
    kept = [_plainly_said(p, stated) if p in own else p for p in kept]
    own = [_plainly_said(p, stated) for p in own]
    as_said = {n for p in kept if p not in own for n in names_in(p.text)}
    kept = [
        p
        for p in kept
        if p not in own or not (_is_elsewhere(p, stated) or as_said & set(names_in(p.text)) & set(stated))
    ]
    known = {name for p in kept for name in names_in(p.text)}
    new = [
        (f"{hedge} {said}".strip(), utterance)
        for n, (said, hedge, utterance) in stated.items()
        if n not in known | headed
    ]
    found = [*kept, *(Phrase(_field(section), text, (utterance,)) for text, utterance in dict.fromkeys(new))]
    told_of = [
        _fuller(p, problems)
        for p in headed_problems(transcript, _field(section), found)
        if _is_illness(names_in(p.text)) or ":" in p.text or not concluded_in.intersection(p.evidence)
    ]
    found = [*without_bare(found, told_of), *told_of]
    told = {stem for p in found for stem in content_stems(p.text)}
    return [
        *found,
        *(
            Phrase(_field(section), what, (utterance,), stated=True)
            for what, names, utterance in problems
            if not (set(names) & {n for p in found for n in names_in(p.text)}) and not content_stems(what) <= told
        ),
    ]


def _fuller(phrase: Phrase, problems: Sequence[tuple[str, tuple[str, ...], str]]) -> Phrase:
    """A problem in the words of its heading: 'acute gout' instead of 'gout'."""
    longer = [
        what for what, _, utterance in problems if utterance in phrase.evidence and f" {phrase.text}" in f" {what}"
    ]
    return replace(phrase, text=max(longer, key=len)) if longer else phrase


def _is_illness(names: Sequence[str]) -> bool:
    """Whether a problem is more than a complaint, whose cause is named behind it."""
    return any(kind_of(n) == "condition" for n in names) or not names


def _sure(stated: dict[str, tuple[str, str, str]]) -> set[str]:
    return {name for name, (_, hedge, _) in stated.items() if not hedge}


def _only_excluded(phrase: Phrase, transcript: Transcript) -> bool:
    """Whether the clinician names what a phrase names, and each time says that it is not there."""
    names = {n for n in names_in(phrase.text) if kind_of(n) == "condition"}
    if phrase.is_quote or not names:
        return False
    naming = [
        stretch
        for u in transcript.utterances
        if u.speaker is not Speaker.PATIENT
        for stretch in stretches_of(u.text)
        if names & set(names_in(stretch))
    ]
    return bool(naming) and all(_EXCLUDES.search(s) for s in naming)


def _field(section: SectionTemplate) -> Field:
    return next((f for f in section.fields if not f.kinds and not f.said), section.fields[-1])


def _stated(transcript: Transcript) -> Iterator[tuple[str, str, str, str]]:
    """Conditions with their words, their hedge ('possible', 'likely', '') and the utterance."""
    for utterance in transcript.utterances:
        if utterance.speaker is not Speaker.CLINICIAN:
            continue
        for sentence in stretches_of(utterance.text):
            supposed = re.search(r"\bif\b", _WONDERS.sub("", sentence), re.IGNORECASE)
            if not supposed and "?" not in sentence and not is_question(tokenise(sentence)):
                yield from ((name, said, hedge, utterance.id) for name, said, hedge in _named_by_cue(sentence))
    yield from ((name, said, "possible", utterance) for name, said, utterance in concerns(transcript))


def _plainly_named(sentence: str) -> list[tuple[str, str, str]]:
    """Conditions that a sentence names plainly: 'you have what we call …', with no doubt before or beside them."""
    found = []
    for cue in _PLAIN.finditer(sentence):
        concluded = " ".join(sentence[cue.start() :].split()[:_REACH])
        doubts = _WEAK.search(sentence[: cue.end()]) or _LIKELY.search(sentence[: cue.end()])
        if _EXCLUDES.search(sentence[: cue.start()]):
            continue
        if not (doubts or _NOT_SAID.search(concluded) or _HEDGED.search(" ".join(concluded.split()[: _NEAR + 2]))):
            found += [(name, said, "") for name, said in _conditions(concluded)]
    return found


def _named_by_cue(sentence: str) -> list[tuple[str, str, str]]:
    """Conditions within a few words after a word of concluding, with their words and hedge; the weakest word counts."""
    if plainly := _plainly_named(sentence):
        return plainly
    for cues, hedge in ((_WEAK, "possible"), (_LIKELY, "likely"), (_SURE, "")):
        found = []
        for cue in cues.finditer(sentence):
            concluded = " ".join(sentence[cue.start() :].split()[:_REACH])
            if _PAST_TELLING.match(concluded) or _EXCLUDES.search(sentence[: cue.start()]):
                continue
            if not _NOT_SAID.search(concluded) and not named_relative(tokenise(concluded)):
                found += [(name, said, hedge) for name, said in _conditions(concluded, by_ending=cues is not _WEAK)]
        if found:
            return found
    return []


_BY_ENDING = re.compile(
    r"\b(?P<what>(?:(?!(?:with|an?|the|is|of|called|like|this|that|some|your|possible|likely|probable|and|or)\b)"
    r"[a-z]+[ -]){1,3}"
    r"(?:syndrome|disease|disorder)|(?!(?:dia|pro)gnos|osmosis|hypnosis)[a-z]{3,}(?:itis|osis|opathy))\b",
    re.IGNORECASE,
)
"""Illnesses that the lexicon does not know, by the ending of their names."""


def _conditions(concluded: str, *, by_ending: bool = True) -> list[tuple[str, str]]:
    """The conditions of a text with their words; what follows directly belongs to it ('rotator cuff tendinopathy')."""
    plain = " ".join(t.text for t in tokenise(concluded))
    found: list[tuple[str, str]] = []
    for name, said in said_names(concluded):
        if kind_of(name) != "condition" or f"your {said}" in plain:
            continue
        if found and f"{found[-1][1]} {said}" in plain:
            found[-1] = (name, f"{found[-1][1]} {said}")
        else:
            found.append((name, name if said.endswith("ed") else _with_kind(said, concluded)))
    if not found and by_ending:
        found = [(match["what"].lower(), match["what"]) for match in _BY_ENDING.finditer(concluded)][:1]
    return [(n, s) for n, s in found if n not in _GENERAL or len(found) == 1]


def _with_kind(said: str, concluded: str) -> str:
    """A condition with the words between its article and its name: 'a cervical strain' is no mere strain."""
    words_of = [t.text for t in tokenise(concluded)]
    name = said.split()
    at = next((n for n in range(len(words_of)) if words_of[n : n + len(name)] == name), 0)
    before = words_of[max(0, at - _MOST_KINDS - 1) : at]
    article = max((n for n, word in enumerate(before) if word in _ARTICLES), default=None)
    kinds = before[article + 1 :] if article is not None else []
    plain = [*(w for w in kinds if not _HEDGED.search(w)), *name]
    spelt = re.search(r"\b" + r"['’]?[\s-]+".join(map(re.escape, plain)) + r"\b", concluded, re.IGNORECASE)
    return spelt.group() if spelt else " ".join(plain)


def _hedged(phrase: Phrase, stated: dict[str, tuple[str, str, str]], transcript: Transcript) -> Phrase:
    names = [n for n in names_in(phrase.text) if kind_of(n) == "condition"]
    hedges = {stated[n][1] for n in names if n in stated}
    if phrase.is_quote or _HEDGED.search(phrase.text):
        return phrase
    if len(names) != 1 or len(hedges) != 1:
        hedge = _hedge_of(phrase, transcript)
        return replace(phrase, text=f"{hedge} {phrase.text}") if hedge else phrase
    return replace(phrase, text=f"{hedges.pop()} {phrase.text}".strip())


def _said_otherwise(phrase: Phrase, stated: dict[str, tuple[str, str, str]], transcript: Transcript) -> bool:
    """Whether a phrase words a stated diagnosis in its own way: 'back strain' for the lumbar strain that was said."""
    names = [n for n in names_in(phrase.text) if n in stated]
    if phrase.is_quote or len(names) != 1:
        return False
    told = next(u.text for u in transcript.utterances if u.id == stated[names[0]][2])
    said = {t.stem for s in stretches_of(told) if names[0] in names_in(s) for t in tokenise(s)}
    own = {t.stem for t in tokenise(_HEDGED.sub("", phrase.text)) if t.text not in _ARTICLES}
    return not own <= said


def _plainly_said(phrase: Phrase, stated: dict[str, tuple[str, str, str]]) -> Phrase:
    """A diagnosis in the words in which it was named without doubt: a 'deltoid tear' is no mere muscle tear."""
    said, hedge, _ = next(stated[n] for n in names_in(phrase.text) if n in stated)
    return replace(phrase, text=said) if not hedge and len(said.split()) > 1 else phrase


def _is_elsewhere(phrase: Phrase, stated: dict[str, tuple[str, str, str]]) -> bool:
    """Whether a phrase does not rest on the utterance that states what it names."""
    return not any(stated[n][2] in phrase.evidence for n in names_in(phrase.text) if n in stated)


def _hedge_of(phrase: Phrase, transcript: Transcript) -> str:
    """'possible' or 'likely' if every sentence of the clinician that holds a phrase says no more, else ''."""
    names, stems = set(names_in(phrase.text)), content_stems(phrase.text)
    told = [
        sentence
        for utterance in transcript.utterances
        if utterance.speaker is Speaker.CLINICIAN and utterance.id in phrase.evidence
        for sentence in stretches_of(utterance.text)
    ]
    shared = [len(names & set(names_in(s)) if names else stems & content_stems(s)) for s in told]
    most = max(shared, default=0)
    holding = [s for s, count in zip(told, shared, strict=True) if count == most > 0]
    if holding and (
        all(_OPEN.search(s) for s in holding) or all(_UNSURE.search(s) for s in _around(holding, phrase, transcript))
    ):
        return "possible"
    return "likely" if holding and all(_leads_to(sentence, stems) for sentence in holding) else ""


def _around(stretches: Sequence[str], phrase: Phrase, transcript: Transcript) -> list[str]:
    """The whole sentences of some stretches."""
    sentences = [s for u in transcript.utterances if u.id in phrase.evidence for s in sentences_of(u.text)]
    return [s for s in sentences if any(stretch in plainly_spelt(s) for stretch in stretches)]


def _leads_to(sentence: str, stems: frozenset[str]) -> bool:
    """Whether 'probably' or the like stands right before the words of a diagnosis."""
    return any(
        stems & content_stems(" ".join(sentence[cue.end() :].split()[:_NEAR])) for cue in _PROBABLY.finditer(sentence)
    )


def _recap(phrase: Phrase, transcript: Transcript) -> bool:
    """Whether an assessment only repeats the patient's complaints: 'to recap, you've been having …'."""
    if phrase.is_quote or kinds_in(phrase.text) - {"symptom"} or not phrase.evidence:
        return False
    names = set(names_in(phrase.text))
    holding = [
        s
        for u in transcript.utterances
        if u.id in phrase.evidence
        for s in sentences_of(u.text)
        if names & set(names_in(s))
    ]
    return bool(holding) and all(_RETELLS.search(s) for s in holding)
