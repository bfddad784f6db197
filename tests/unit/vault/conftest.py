"""A vault of five people, copied for each test."""

import pytest
from vault_samples import Template, signed_in


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    return Template(tmp_path_factory.mktemp("vault"))


@pytest.fixture
def folder(template, tmp_path):
    return template.copy(tmp_path)


@pytest.fixture
def session(folder):
    with signed_in(folder) as opened:
        yield opened
