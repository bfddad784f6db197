"""A note type of one's own reaches the engine process by its path, and its faults come back as declared errors."""

import pytest

from app.domain.codec import note_from_json
from app.domain.errors import InputError
from app.domain.transcript import Transcript
from app.drafting.templates.template import TEMPLATES
from app.drafting.templates.template_files import TemplateFolders
from app.engine.supervisor import Engine

SILENT = Transcript(3.0, "en", "test", ())


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    made = Engine(tmp_path_factory.mktemp("models"))
    yield made
    made.close()


def test_an_own_type_is_drafted_and_a_broken_one_told(engine, tmp_path):
    text = (TEMPLATES / "progress-note.toml").read_text(encoding="utf-8").replace('"progress-note"', '"mine"')
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    choice = TemplateFolders(tmp_path).find("mine").choice
    note = note_from_json(engine.draft(SILENT, model="qwen2.5-coder-0.5b-q4", template=choice).result())
    assert (note.type, note.title) == ("mine", "Progress note")
    assert "interval-history" in {section.key for section in note.sections}
    (tmp_path / "mine.toml").write_text("type = 1", encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.toml is not well formed: type: must be"):
        engine.draft(SILENT, model="qwen2.5-coder-0.5b-q4", template=choice).result()
