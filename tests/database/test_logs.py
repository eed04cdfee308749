"""No secret in a log, whoever writes it."""

import logging

import pytest

from bot.core import logs

TOKEN = "4242:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture(autouse=True)
def as_before() -> object:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield None
    root.handlers[:] = handlers
    root.setLevel(level)


def test_tokens_and_secrets_are_struck_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(secrets=["geheim", ""])
    log = logging.getLogger("somebody")
    log.info("POST https://api.telegram.org/bot%s/getMe with geheim", TOKEN)
    try:
        raise ValueError(f"no such bot {TOKEN}")
    except ValueError:
        log.exception("it failed")
    told = capsys.readouterr().err
    assert TOKEN not in told
    assert "geheim" not in told
    assert told.count("<secret>") >= 3


def test_httpx_is_silent_at_info(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot%s/getMe", TOKEN)
    assert capsys.readouterr().err == ""
