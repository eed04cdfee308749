"""One warm parent for every kill run of a test process."""

from collections.abc import Iterator

import pytest

from tests.faults.bots import Warm


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    made = Warm()
    yield made
    made.close()
