"""Two machines of one vault."""

import pytest
from shared_vaults import SharedVault


@pytest.fixture
def shared(template, tmp_path):
    made = SharedVault(template, tmp_path)
    made.a.sign_in()
    made.b.sign_in()
    yield made
    made.close()
