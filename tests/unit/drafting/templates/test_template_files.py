"""Own and the organisation's note types beside the shipped ones: a broken or clashing file never hides another."""

import pytest

from app.domain.errors import InputError
from app.drafting.templates.template import TEMPLATES, template_ids
from app.drafting.templates.template_files import Origin, TemplateFolders


def put(folder, name, source="progress-note", **changes):
    folder.mkdir(parents=True, exist_ok=True)
    text = (TEMPLATES / f"{source}.toml").read_text(encoding="utf-8").replace(f'type = "{source}"', f'type = "{name}"')
    for old, new in changes.items():
        text = text.replace(old, new)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def folders(tmp_path):
    return TemplateFolders(tmp_path / "own", tmp_path / "site")


def test_folders_that_are_not_there_do_no_harm(folders):
    assert folders.ids() == template_ids()
    assert TemplateFolders().ids() == template_ids()
    assert all(file.template for file in folders.files())


def test_all_three_places_are_listed_in_their_order(folders):
    put(folders.own, "mine")
    put(folders.organisation, "house")
    (folders.own / "README.txt").write_text("no template", encoding="utf-8")
    assert folders.ids() == (*template_ids(), "house", "mine")
    origins = {file.id: file.origin for file in folders.files()}
    assert (origins["soap"], origins["house"], origins["mine"]) == (Origin.SHIPPED, Origin.ORGANISATION, Origin.OWN)


def test_a_broken_file_is_listed_with_its_fault_and_hides_nothing(folders):
    put(folders.own, "good")
    put(folders.own, "broken")
    (folders.own / "broken.toml").write_text('type = "broken"\ntitle = 3', encoding="utf-8")
    (folders.own / "latin.toml").write_bytes(b"# \xe4")
    files = {file.id: file for file in folders.files()}
    assert files["broken"].template is None
    assert "broken.toml" in files["broken"].fault
    assert "latin.toml" in files["latin"].fault
    assert all(files[name].template for name in (*template_ids(), "good"))
    with pytest.raises(InputError, match=r"broken\.toml"):
        folders.find("broken")


def test_a_name_that_is_taken_never_takes_the_place_of_the_first(folders):
    put(folders.own, "soap", title="subtitle")
    put(folders.organisation, "house")
    put(folders.own, "house")
    files = [file for file in folders.files() if file.id in ("soap", "house")]
    assert [(f.id, f.origin, bool(f.template)) for f in files] == [
        ("soap", Origin.SHIPPED, True),
        ("house", Origin.ORGANISATION, True),
        ("house", Origin.OWN, False),
        ("soap", Origin.OWN, False),
    ]
    assert "Rename the file" in files[-1].fault
    assert folders.find("soap").choice == "soap"
    assert folders.find("house").choice == str(folders.organisation / "house.toml")


def test_what_a_draft_is_asked_for_with(folders, tmp_path):
    put(folders.own, "mine")
    put(tmp_path / "elsewhere", "other")
    assert folders.find("progress-note").choice == "progress-note"
    assert folders.find("mine").choice == str(folders.own / "mine.toml")
    assert folders.find(str(tmp_path / "elsewhere" / "other.toml")).template.type == "other"


@pytest.mark.parametrize("name", ["", "nothing", "../soap", "\x1b[31m"])
def test_an_unknown_name_is_refused_with_the_known_ones(folders, name):
    with pytest.raises(InputError, match="Known are: consultation-letter") as refused:
        folders.find(name)
    assert "\x1b" not in str(refused.value)


def test_a_closed_folder_is_as_if_empty(folders):
    folders.own.parent.mkdir(parents=True, exist_ok=True)
    folders.own.write_text("a file where the folder should be", encoding="utf-8")
    assert folders.ids() == template_ids()
