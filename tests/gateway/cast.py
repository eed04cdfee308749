"""Who is who in these stories."""

from datetime import UTC, datetime

ANN, BAO, CHEN, DORA = 1, 2, 3, 4  # ids of people; their Telegram ids are 1000 more
OFFICE = 1
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
