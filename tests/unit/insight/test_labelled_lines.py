"""Lines of labelled data: read one by one; a bad one is named by its number."""

import pytest

from app.domain.errors import InputError
from app.insight.labelled_lines import labelled_lines


def _ids(path):
    return list(labelled_lines(path, lambda row: row["id"].upper()))


def test_each_line_is_read_and_empty_ones_are_passed_over(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": "a"}\n\n  \n{"id": "b", "more": 1}\n')
    assert _ids(path) == ["A", "B"]


def test_a_file_that_is_not_there_has_no_lines(tmp_path):
    assert _ids(tmp_path / "set.jsonl") == []


@pytest.mark.parametrize("bad", ['{"id": "b"', "[1]", '"id"', '{"name": "b"}', '{"id": 7}', "null"])
def test_a_line_that_cannot_be_read_is_named(tmp_path, bad):
    path = tmp_path / "set.jsonl"
    path.write_text(f'{{"id": "a"}}\n\n{bad}\n')
    with pytest.raises(InputError, match=r"set\.jsonl, line 3, cannot be read"):
        _ids(path)
