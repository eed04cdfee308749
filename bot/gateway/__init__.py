"""Between Telegram and the models: what comes in, what goes out, and nothing lost on either way."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # read when telegram is imported; without it `retry_after` warns
