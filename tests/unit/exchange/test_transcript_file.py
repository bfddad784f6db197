"""Transcript files: JSON and text are read, and every wrong file is one clear line."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import AnamnesisError, InputError, VersionError
from app.domain.transcript import Speaker
from app.exchange import input_file
from app.exchange.text_transcript import transcript_from_text
from app.exchange.transcript_file import read_transcript

GOOD = {
    "schema": "anamnesis.transcript/1",
    "duration": 2.0,
    "language": "en",
    "model": "m",
    "utterances": [{"id": "u1", "start": 0.0, "end": 1.0, "speaker": "patient", "text": "Hello.", "words": []}],
}


def write(folder: Path, content: bytes | str, name: str = "visit.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["t.json", "t.txt", "t"])
def test_json_is_known_by_name_or_by_its_brace(tmp_path: Path, mark: bytes, name: str) -> None:
    transcript = read_transcript(write(tmp_path, mark + json.dumps(GOOD).encode(), name))
    assert [u.text for u in transcript.utterances] == ["Hello."]


def test_text_with_labels(tmp_path: Path) -> None:
    text = (
        "\ufeff[doctor] What brings you?\nPatient: Chest pain,\n  since Monday.\n\nP: And a cough\n"
        "Mother: He is tired.\nClinician:Any allergy?\nNurse: Sats 97.\n"
    )
    transcript = read_transcript(write(tmp_path, text))
    assert [(u.id, u.speaker, u.text) for u in transcript.utterances] == [
        ("u1", Speaker.CLINICIAN, "What brings you?"),
        ("u2", Speaker.PATIENT, "Chest pain, since Monday."),
        ("u3", Speaker.PATIENT, "And a cough"),
        ("u4", Speaker.OTHER, "He is tired."),
        ("u5", Speaker.CLINICIAN, "Any allergy?"),
        ("u6", Speaker.CLINICIAN, "Sats 97."),
    ]
    assert any("times are estimated" in n for n in transcript.notices)


def test_text_without_labels_is_one_unknown_utterance_a_sentence() -> None:
    transcript = transcript_from_text("I saw Dr. Smith yesterday. It still hurts!\nNo fever")
    assert [u.text for u in transcript.utterances] == ["I saw Dr. Smith yesterday.", "It still hurts!", "No fever"]
    assert {u.speaker for u in transcript.utterances} == {Speaker.UNKNOWN}


def test_words_before_the_first_label_are_kept_as_unknown() -> None:
    first = transcript_from_text("Come in please\nDoctor: Hello").utterances[0]
    assert (first.speaker, first.text) == (Speaker.UNKNOWN, "Come in please")


def test_bracketed_roles_within_a_line_begin_turns() -> None:
    text = "[doctor] Any fever ? [patient] no . [coughs] sorry [patient_guest] he was hot [Speaker 2]: yes"
    assert [(u.speaker, u.text) for u in transcript_from_text(text).utterances] == [
        (Speaker.CLINICIAN, "Any fever ?"),
        (Speaker.PATIENT, "no . [coughs] sorry"),
        (Speaker.OTHER, "he was hot"),
        (Speaker.UNKNOWN, "yes"),
    ]


@pytest.mark.parametrize(
    "line", ["Doctor: the [patient] was told", "[doctor] see[patient] here", "[coughs] the [patient] was told"]
)
def test_brackets_elsewhere_are_words(line: str) -> None:
    assert len(transcript_from_text(line).utterances) == 1


def test_names_that_recur_are_speakers_and_single_ones_keep_their_word() -> None:
    text = "Anna: Hello\nDoctor: Take this\nAspirin: 75 mg daily\nAnna: Fine"
    assert [(u.speaker, u.text) for u in transcript_from_text(text).utterances] == [
        (Speaker.OTHER, "Hello"),
        (Speaker.CLINICIAN, "Take this"),
        (Speaker.OTHER, "Aspirin: 75 mg daily"),
        (Speaker.OTHER, "Fine"),
    ]


@pytest.mark.parametrize(
    "speech",
    [
        "I take two things: aspirin and a statin",
        "[coughs] sorry",
        "Plan: rest",
        "at 10:30 it began",
        "https://x.y",
        "Doctor I know: told me",
        "my doctor: told me",
    ],
)
def test_speech_with_a_colon_or_bracket_stays_speech(speech: str) -> None:
    transcript = transcript_from_text(f"Patient: Well\n{speech}")
    assert [u.text for u in transcript.utterances] == [f"Well {speech}"]


@pytest.mark.parametrize(
    ("label", "speaker"),
    [
        ("**Doctor:**", Speaker.CLINICIAN),
        ("Dr. Smith:", Speaker.CLINICIAN),
        ("Doctor_2:", Speaker.CLINICIAN),
        ("[guest clinician]", Speaker.CLINICIAN),
        ("GP\uff1a", Speaker.CLINICIAN),
        ("Patient's mother:", Speaker.OTHER),
        ("[patient_guest]", Speaker.OTHER),
        ("Speaker 1:", Speaker.UNKNOWN),
        ("pt:", Speaker.PATIENT),
    ],
)
def test_labels(label: str, speaker: Speaker) -> None:
    utterance = transcript_from_text(f"{label} yes").utterances[0]
    assert (utterance.speaker, utterance.text) == (speaker, "yes")


def test_given_times_are_used_only_if_complete_and_in_order() -> None:
    given_times = transcript_from_text("[00:05] Doctor: Hello there my friend\n0:00:06 Patient: Hi\n(01:10) Doctor: So")
    assert [u.start for u in given_times.utterances] == [5.0, 6.0, 70.0]
    assert [u.end for u in given_times.utterances] == [6.0, 6.4, 70.4]
    backwards = transcript_from_text("[00:05] Doctor: Hello\n[00:01] Patient: Hi")
    assert backwards.utterances[0].start == 0.0
    assert any("no usable times" in n for n in backwards.notices)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Doctor: ", "[patient] ", "", "Zoe: ", "  "]), st.text(max_size=30)), max_size=12
    )
)
def test_no_word_of_a_text_is_lost_and_times_never_go_back(lines: list[tuple[str, str]]) -> None:
    source = "\n".join(label + text for label, text in lines)
    try:
        transcript = transcript_from_text(source)
    except InputError:
        transcript = None
    said = sorted(w for _, text in lines for line in text.splitlines() for w in line.split() if w.isalpha())
    found = sorted(w for u in (transcript.utterances if transcript else ()) for w in u.text.split())
    for word in said:
        assert word in found
    at = 0.0
    for u in transcript.utterances if transcript else ():
        assert at <= u.start < u.end
        at = u.end


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda t: t.encode("utf-8", "surrogatepass")), st.booleans())
def test_any_bytes_are_read_or_declared(tmp_path_factory: pytest.TempPathFactory, raw: bytes, as_json: bool) -> None:
    path = write(tmp_path_factory.getbasetemp(), raw, "any.json" if as_json else "any.txt")
    try:
        transcript = read_transcript(path)
    except AnamnesisError as error:
        message = str(error)
    else:
        message = ""
        assert transcript.utterances
    assert "\n" not in message


def bad_json(**changes: object) -> str:
    return json.dumps({**GOOD, **changes})


BAD = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t ", "empty"),
    "only a mark": (b"\xef\xbb\xbf", "empty"),
    "binary": (b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\xff\xfe", "not a text file"),
    "zeros": (b"Doctor: hi\x00\x00", "not a text file"),
    "latin-1": ("Patient: fühle".encode("latin-1"), "not UTF-8"),
    "utf-16": ("Patient: hi".encode("utf-16"), "UTF-16"),
    "no words": (b"Doctor:\nPatient:\n", "no spoken words"),
    "cut": (json.dumps(GOOD)[:40], "not valid JSON"),
    "twin keys": (b'{"schema": "anamnesis.transcript/1", "schema": 1}', "key stands twice"),
    "deep": ('{"a":' + "[" * 100_000, "nested too deeply"),
    "digits": ('{"a":' + "1" * 5000 + "}", "too many digits"),
    "wrong type": (bad_json(duration="9"), "duration is not a number"),
    "not finite": ('{"schema": "anamnesis.transcript/1", "utterances": [], "duration": NaN}', "not a finite number"),
    "twin ids": (bad_json(utterances=GOOD["utterances"] * 2), "used before"),
}


@pytest.mark.parametrize("name", BAD)
def test_wrong_files_are_one_clear_line(tmp_path: Path, name: str) -> None:
    content, expected = BAD[name]
    with pytest.raises(InputError, match=expected) as caught:
        read_transcript(write(tmp_path, content))
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_unknown_version_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(VersionError):
        read_transcript(write(tmp_path, bad_json(schema="anamnesis.transcript/2")))
    with pytest.raises(InputError, match="does not exist"):
        read_transcript(tmp_path / "none.json")
    with pytest.raises(InputError, match="is a folder"):
        read_transcript(tmp_path)
    with pytest.raises(InputError, match="impossible file name"):
        read_transcript(Path("a\0b"))


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_file, "SIZE_LIMIT", 100)
    assert read_transcript(write(tmp_path, "Doctor: " + "a" * 92)).utterances
    with pytest.raises(InputError, match="larger than"):
        read_transcript(write(tmp_path, "Doctor: " + "a" * 93))
