"""Body site: a complaint that was told of one place must not stand at another."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.hearing.reading import Clause, Mention
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sites import may_be_same

_KINDS = frozenset({"symptom", "finding", "procedure"})
_AROUND = 2


def check(case: Case) -> Iterator[Doubt]:
    """Yield a doubt where every mention of a complaint has places, all of them others than the note's."""
    for clause in case.clauses:
        for mention in clause.concepts():
            if kind_of(mention.name) in _KINDS:
                yield from _one(case, clause, mention)


def _one(case: Case, clause: Clause, note: Mention) -> Iterator[Doubt]:
    sites = clause.sites_near(note, reach=3)
    heard = case.heard.concepts.get(note.name, [])
    if len(sites) != 1 or not heard or not all(m.sites for m in heard):
        return
    site = next(iter(sites))
    near = {m.utterance + d for m in heard for d in range(-_AROUND, _AROUND + 1)}
    same = any(may_be_same(site, s) for m in heard for s in m.sites)
    if same or any(m.utterance in near for m in case.heard.sites.get(site, ())):
        return
    said = " or ".join(sorted({s for m in heard for s in m.sites})[:3])
    yield Doubt(Support.CONTRADICTED, f"site: note {note.said} at the {site}, transcript {said}")
