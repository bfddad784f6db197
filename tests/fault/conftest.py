"""What the faults of the organisation's server start from."""

import pytest
from throwaway_authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certificate authority of a clinic."""
    return Authority(tmp_path_factory.mktemp("clinic"))


@pytest.fixture(scope="session")
def tls(authority):
    """What a server of the clinic presents."""
    return authority.server_context("127.0.0.1", "localhost")
