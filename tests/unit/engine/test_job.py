"""Errors that come over the pipe are those that were raised, whatever else is loaded."""

from app.domain.errors import AnamnesisError, ConflictError, DiskFullError, EngineError, WorkCancelledError
from app.drafting.engines.server_errors import ServerError
from app.engine import job


def test_each_code_gives_its_own_class_and_subclasses_without_one_are_not_in_the_way(monkeypatch):
    monkeypatch.setattr(job, "_BY_CODE", {})
    assert issubclass(ServerError, EngineError)
    assert ServerError.code == EngineError.code
    for cls in (AnamnesisError, ConflictError, DiskFullError, EngineError, WorkCancelledError):
        error = job.error_from(cls.code, "What.", "Do this.")
        assert type(error) is cls
        assert (error.message, error.remedy) == ("What.", "Do this.")
    assert type(job.error_from("of a later version", "What.", "")) is EngineError
    assert isinstance(job.error_from("bug", "ValueError", ""), RuntimeError)
