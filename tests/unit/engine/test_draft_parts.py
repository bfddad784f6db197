"""Parts of a draft survive the way; what is none is a declared error."""

import copy

import pytest
from long_talk import talk
from passage_double import answered

from app.domain.errors import EngineError, InputError
from app.domain.note import Section, Statement, Support
from app.engine.draft_parts import part_from_json, part_reader, passage_part, section_part

SECTION = Section("plan", "Plan", (Statement("s1", "ECG – heute", ("u1",), Support.UNSUPPORTED, ("not checked",)),))
PASSAGE = answered(talk(1)[:4])


@pytest.mark.parametrize(
    ("part", "value"), [(section_part(SECTION), SECTION), (passage_part(PASSAGE), PASSAGE)], ids=["section", "passage"]
)
def test_parts_survive(part, value):
    assert part_from_json(part) == value


@pytest.mark.parametrize("part", [section_part(SECTION), passage_part(PASSAGE)], ids=["section", "passage"])
def test_a_part_with_anything_missing_is_refused(part):
    for holder in (part, part[part["kind"]]):
        for key in list(holder):
            damaged = copy.deepcopy(part)
            target = damaged if holder is part else damaged[part["kind"]]
            del target[key]
            with pytest.raises(InputError):
                part_from_json(damaged)


@pytest.mark.parametrize("part", [None, [], {}, {"kind": "other"}, {"kind": 3}, {"kind": "section", "section": "x"}])
def test_babble_is_an_engine_error_for_the_reader(part):
    with pytest.raises(EngineError):
        part_reader(lambda _s: None, lambda _p: None)(part)


def test_the_reader_sorts():
    sections, passages = [], []
    take = part_reader(sections.append, passages.append)
    take(passage_part(PASSAGE))
    take(section_part(SECTION))
    assert (sections, passages) == ([SECTION], [PASSAGE])
