"""One warm parent for every process of a test run, and a sandbox beside them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from sandbox.server import Running, start
from tests.end_to_end.process import end_all
from tests.faults.bots import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    made = Warm()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _nobody_left() -> Iterator[None]:
    yield
    end_all()


@pytest.fixture
async def sandbox() -> AsyncIterator[Running]:
    running = await start(limits=False)
    yield running
    await running.stop()
