"""The window of a session with every room."""

import pytest
import sealed_doubles
from PySide6.QtWidgets import QApplication

from app.domain.people import Role


@pytest.fixture
def rooms(application):
    """Everything a session can offer; returns the session."""
    sealed_doubles.fit(application.session)
    return application.session


@pytest.fixture
def as_roles(application):
    """Sign in as somebody else."""

    def become(*roles: Role) -> None:
        user = sealed_doubles.replace(application.user, roles=frozenset(roles))
        application.user = application.session.user = user
        sealed_doubles.fit(application.session)

    return become


@pytest.fixture
def sheet(window):
    """The sheet that is on top, by its class."""

    def find(kind):
        shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        assert len(shown) == 1, shown
        return shown[0]

    return find
