from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.encounter import EncounterState, Stage, StageState
from app.domain.errors import EngineError, SignInError
from app.domain.note import Statement, Support
from app.domain.transcript import Speaker, Utterance
from app.ui import wording
from app.ui.strength import estimate
from app.ui.viewmodels.encounters import EncounterFilter, EncounterList, EncounterRole
from app.ui.viewmodels.history import History
from app.ui.viewmodels.note import NoteRows, RowKind
from app.ui.viewmodels.playback import PADDING, Playback, passages
from app.ui.viewmodels.visit import VisitModel
from app.ui.viewmodels.work import VisitWork

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def visit(application, tasks):
    encounter_id = application.add_draft()
    model = VisitModel(application.session, application.reviewing, tasks)
    model.open(encounter_id)
    return model


@pytest.fixture
def work(application, tasks):
    return VisitWork(application.runner, tasks)


class TestVisitModel:
    def test_edit_then_undo_then_redo_brings_each_text_back(self, visit, application):
        old = visit.version.note.statement("s3").text
        visit.edit("s3", "Takes metoprolol 50 mg.")
        assert visit.version.note.statement("s3").text == "Takes metoprolol 50 mg."
        visit.undo()
        assert visit.version.note.statement("s3").text == old
        visit.redo()
        assert visit.version.note.statement("s3").text == "Takes metoprolol 50 mg."
        assert len(application.store.notes["e1"]) == 4  # nothing is overwritten

    def test_removed_statement_returns_on_undo(self, visit):
        visit.remove("s1")
        assert visit.version.note.statement("s1") is None
        visit.undo()
        assert visit.version.note.statement("s1") is not None
        assert not visit.may_undo

    def test_conflict_reports_typed_text_and_shows_the_newest_version(self, visit, application):
        failures = []
        visit.failed.connect(lambda error, typed: failures.append((error.code, typed)))
        application.reviewing.remove_statement("e1", "s8", 1)  # somebody else was faster
        visit.edit("s3", "My text")
        assert failures == [("conflict", "My text")]
        assert visit.version.number == 2
        visit.edit("s3", "My text again")
        assert visit.version.note.statement("s3").text == "My text again"

    def test_signed_note_cannot_be_edited_but_amended(self, visit, samples):
        done = []
        visit.sign(samples["passphrase"], "authorship", True, lambda: done.append(1), pytest.fail)
        assert done
        assert not visit.may_edit
        assert not visit.may_sign
        assert visit.may_amend
        assert visit.loaded.signatures[0][1].valid

    def test_wrong_passphrase_leaves_the_draft(self, visit):
        errors = []
        visit.sign("wrong", "authorship", True, pytest.fail, errors.append)
        assert isinstance(errors[0], SignInError)
        assert visit.may_sign

    def test_answer_for_a_visit_that_was_left_is_not_shown(self, application):
        from_store = application.store.get
        first, second = application.add_draft("First"), application.add_draft("Second")
        waiting = []

        class Slow:
            def run(self, work, done, *_rest):
                waiting.append((work, done))

        model = VisitModel(application.session, application.reviewing, Slow())
        model.open(first)
        model.open(second)
        for work, done in reversed(waiting):
            done(work())
        assert model.loaded.encounter == from_store(second)

    def test_failed_draft_may_be_written_by_hand(self, application, tasks, samples):
        steps = samples["stages"](StageState.DONE, StageState.DONE, StageState.FAILED, code="engine")
        encounter_id = application.store.add("X", EncounterState.OPEN, steps)
        model = VisitModel(application.session, application.reviewing, tasks)
        model.open(encounter_id)
        assert model.may_write
        assert [s.key for s in model.note.sections] == ["subjective", "objective", "assessment", "plan"]

    def test_nurse_may_not_sign(self, application, tasks):
        from dataclasses import replace

        from app.domain.people import Role

        encounter_id = application.add_draft()
        application.session.user = replace(application.session.user, roles=frozenset({Role.NURSE}))
        model = VisitModel(application.session, application.reviewing, tasks)
        model.open(encounter_id)
        assert (model.may_edit, model.may_review, model.may_sign, model.may_export) == (True, True, False, False)


class TestVisitWork:
    def test_recording_becomes_a_draft(self, work, application, tmp_path):
        imported, ended = [], []
        work.imported.connect(lambda encounter_id, title: imported.append((encounter_id, title)))
        work.ended.connect(ended.append)
        work.open_recording(tmp_path / "a.wav", "Jane")
        assert imported == [("e1", "Jane")]
        assert ended == ["e1"]
        assert application.store.get("e1").state is EncounterState.DRAFT
        assert not work.busy

    def test_failed_stage_keeps_its_error_until_the_next_try(self, work, application, tmp_path):
        application.runner.failing[Stage.DRAFT] = EngineError("The engine stopped.", "Retry.")
        work.open_recording(tmp_path / "a.wav", "Jane")
        assert work.errors["e1"].message == "The engine stopped."
        assert application.store.transcripts["e1"]
        work.process("e1", "Jane")
        assert "e1" not in work.errors
        assert wording.unfinished(application.store.get("e1")) is None

    def test_cancelled_stage_is_pending_and_not_a_failure(self, work, application, tmp_path):
        failures = []
        work.failed.connect(lambda *a: failures.append(a))
        application.runner.hold = lambda stage: work.cancel_all() if stage is Stage.DRAFT else None
        work.open_recording(tmp_path / "a.wav", "Jane")
        assert not failures
        assert wording.unfinished(application.store.get("e1")) is Stage.DRAFT

    def test_cancelled_import_leaves_no_visit(self, work, application, tmp_path):
        application.runner.hold = lambda _stage: work.cancel_all()
        work.open_recording(tmp_path / "a.wav", "Jane")
        assert not application.store.rows
        assert not work.imports


class TestEncounterList:
    @pytest.fixture
    def rows(self, work, application):
        for title in ("Miller, Jane", "Okonkwo, Chidi", "Müller, Hans"):
            application.add_draft(title)
        rows = EncounterList(work)
        rows.replace(application.store.list())
        return rows

    def test_rows_pass_qt_model_tester(self, rows, qtmodeltester):
        qtmodeltester.check(rows)

    def test_every_word_of_the_search_must_fit(self, rows):
        shown = EncounterFilter(rows)
        shown.search("jane mill")
        assert [shown.index(r, 0).data() for r in range(shown.rowCount())] == ["Miller, Jane"]
        shown.search("MÜLLER")
        assert shown.rowCount() == 1
        shown.search("")
        assert shown.rowCount() == 3

    def test_running_work_shows_in_the_row(self, rows, work, application):
        seen = []
        application.runner.hold = lambda _stage: seen.append(rows.data(rows.index(0), EncounterRole.STATE))
        newest = rows.data(rows.index(0), EncounterRole.ENCOUNTER)
        steps = application.store.rows[newest.id].stages
        application.store.set_stage(newest.id, Stage.TRANSCRIBE, StageState.PENDING)
        assert steps
        work.process(newest.id, newest.title)
        assert seen == ["Transcribing, 30%"]


class TestNoteRows:
    @pytest.fixture
    def rows(self, samples):
        rows = NoteRows()
        rows.show(samples["note"], editable=True)
        return rows

    def test_rows_pass_qt_model_tester(self, rows, qtmodeltester):
        qtmodeltester.check(rows)

    def test_next_doubtful_goes_round(self, rows):
        seen, at = [], -1
        for _ in range(4):
            index = rows.next_doubtful(at)
            at = index.row()
            seen.append(rows.row(index).statement.id)
        assert seen == ["s3", "s6", "s7", "s3"]
        assert rows.row(rows.next_doubtful(rows.index_of("s3").row(), -1)).statement.id == "s7"

    def test_typed_text_is_one_line_and_passed_on(self, rows):
        got = []
        rows.edited.connect(lambda *a: got.append(a))
        rows.setData(rows.index_of("s3"), "  two\n lines ")
        assert got == [("s3", "two lines")]

    @pytest.mark.parametrize("typed", ["", "   \n", "Chest tightness since Tuesday,  on exertion (stairs)."])
    def test_empty_or_same_text_changes_nothing(self, rows, typed):
        assert not rows.setData(rows.index_of("s1"), typed)

    def test_read_only_note_takes_no_text(self, rows, samples):
        rows.show(samples["note"], editable=False)
        assert not rows.setData(rows.index_of("s1"), "other")

    def test_adding_row_goes_away_if_nothing_was_typed(self, rows):
        before = rows.rowCount()
        index = rows.begin_adding("plan")
        assert rows.row(index).kind is RowKind.NEW
        rows.end_adding()
        assert rows.rowCount() == before

    def test_spoken_row_names_mark_and_reasons(self, rows):
        from PySide6.QtCore import Qt

        spoken = rows.data(rows.index_of("s3"), Qt.ItemDataRole.AccessibleTextRole)
        assert spoken.startswith("Contradicted. Takes metoprolol")
        assert "the patient said fifty milligrams" in spoken


class TestPlayback:
    def test_evidence_is_read_and_played_until_its_end(self, application, tasks, player, samples):
        playback = Playback(application.session, tasks, lambda: player)
        playback.play("e1", samples["transcript"].utterances[:2])
        assert playback.playing == {"u1", "u2"}
        assert len(player.played[0]) == 2 * 16_000 * (9.2 + PADDING)
        player.end()
        assert not playback.playing

    def test_stop_silences_and_a_late_end_is_ignored(self, application, tasks, player, samples):
        playback = Playback(application.session, tasks, lambda: player)
        playback.play("e1", samples["transcript"].utterances[:1])
        old_end = player.end
        playback.play("e1", samples["transcript"].utterances[1:2])
        old_end()
        assert playback.playing == {"u2"}
        playback.stop()
        assert not playback.playing
        assert player.stops == 2

    @given(st.lists(st.tuples(st.floats(0, 500), st.floats(0.1, 20)), max_size=12))
    def test_passages_cover_every_utterance_without_overlap(self, times):
        said = [Utterance(f"u{n}", a, a + d, Speaker.UNKNOWN, "x") for n, (a, d) in enumerate(times)]
        parts = passages(said)
        for u in said:
            assert any(a <= u.start and u.end <= b for a, b in parts)
        assert all(b < c for (_, b), (c, _) in pairwise(parts))


class TestHistory:
    @given(st.lists(st.sampled_from(["edit", "undo", "redo"]), max_size=40))
    def test_walk_agrees_with_a_list_of_contents(self, steps):
        contents, at = {1: "v1"}, 0
        shown = ["v1"]
        history = History()
        history.start(1)
        number = 1
        for step in steps:
            if step == "edit":
                number += 1
                contents[number] = f"v{number}"
                history.record(number)
                shown[at + 1 :] = [contents[number]]
                at += 1
            elif step == "undo" and history.can_undo:
                target = contents[history.undo_target()]
                at -= 1
                assert target == shown[at]
                number += 1
                contents[number] = target
                history.undone(number)
            elif step == "redo" and history.can_redo:
                target = contents[history.redo_target()]
                at += 1
                assert target == shown[at]
                number += 1
                contents[number] = target
                history.redone(number)
            assert history.can_undo == (at > 0)
            assert history.can_redo == (at + 1 < len(shown))


class TestWording:
    NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def test_dates_are_said_as_people_say_them(self):
        said = [wording.when(self.NOW - timedelta(days=d), self.NOW).split()[0] for d in (0, 1)]
        assert said == ["Today", "Yesterday"]
        assert "2025" in wording.when(self.NOW - timedelta(days=400), self.NOW)

    @pytest.mark.parametrize(("seconds", "said"), [(0, "0:00"), (65.9, "1:05"), (3723, "1:02:03"), (-1, "0:00")])
    def test_clock(self, seconds, said):
        assert wording.clock(seconds) == said

    def test_every_declared_error_code_has_a_way_out(self):
        from app.domain import errors

        kinds = [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, errors.AnamnesisError)]
        for stage in Stage:
            for kind in kinds:
                what, remedy = wording.stopped(stage, kind.code)
                assert what.endswith(".")
                assert remedy.endswith(".")

    def test_typed_words_not_in_the_recording_are_no_invention_but_contradictions_stay_in_doubt(self):
        typed = Statement("s1", "x", author="Dr. A")
        assert not wording.is_doubtful(typed)
        assert wording.mark_of(typed) == "Not in recording"
        assert wording.is_doubtful(Statement("s1", "x", support=Support.CONTRADICTED, author="Dr. A"))


class TestStrength:
    @pytest.mark.parametrize(
        "weak", ["password1234", "aaaaaaaaaaaaaaaa", "abcdefghijklmnop", "anna.weber1234", "123456789012"]
    )
    def test_guessable_is_weak(self, weak):
        assert estimate(weak, ("anna.weber", "Anna", "Weber")).level <= 1

    @pytest.mark.parametrize("strong", ["seven blue ladders hum", "correct horse battery staple", "vK9#mq2!tRw7zLp"])
    def test_long_and_varied_is_strong(self, strong):
        assert estimate(strong).level == 3

    @given(st.text(max_size=11))
    def test_short_is_refused(self, short):
        assert estimate(short).level == 0
