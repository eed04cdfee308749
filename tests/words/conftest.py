"""A database file for each story, and the composer as the composition root makes it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from bot.core.buttons import Buttons
from bot.core.compose import Composer
from bot.core.config import Attention
from tests.rules.scene import engine_of
from tests.words.office import Office


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = engine_of(f"sqlite:///{tmp_path / 'tuan.db'}")
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def buttons() -> Buttons:
    return Buttons("123:secret")


@pytest.fixture
def composer(buttons: Buttons, tmp_path: Path) -> Composer:
    config = SimpleNamespace(folder=tmp_path, bot=SimpleNamespace(languages=("en", "zh_CN")), attention=Attention())
    composer = Composer(buttons, config)
    composer.bot_username = "tuan_bot"
    return composer


@pytest.fixture
def office(session: Session, composer: Composer) -> Office:
    return Office(session, composer)
