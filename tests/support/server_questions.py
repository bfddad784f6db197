"""Questions to an organisation's server, and what every failure of one must keep."""

import pytest
from throwaway_authority import Authority

from app.drafting.engines.language_model import Generation, Prompt
from app.drafting.engines.organisation_server import OrganisationServer
from app.drafting.engines.server_errors import ServerError
from app.server_policy import LanguageServer

CANARY = "Zebrafish Quorn has a sore knee"
KEY = "sk-canary-5521"
PROMPT = Prompt("You are a scribe.", f"Patient: {CANARY}.", "Go.")


def model(url: str, authority: Authority, **values) -> OrganisationServer:
    quick = {"connect_seconds": 2, "first_token_seconds": 1, "between_tokens_seconds": 1, "total_seconds": 10}
    return OrganisationServer(LanguageServer(url, "m", ca_file=str(authority.file), **(quick | values)))


def failure(url: str, authority: Authority, **values) -> ServerError:
    """The error of a question, which must be declared, on one line, with a way out and without content."""
    with pytest.raises(ServerError) as caught:
        model(url, authority, **values).generate(Generation(PROMPT, max_tokens=20))
    text = str(caught.value)
    assert "\n" not in text
    assert CANARY not in text
    assert KEY not in text
    assert caught.value.remedy
    return caught.value
