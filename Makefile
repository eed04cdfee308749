# make demo · make test · make run · make bench. Everything lives in .venv of this clone; nothing else is touched.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
export PTB_TIMEDELTA := true

.PHONY: help demo test check run bench kills long sandbox-peers requirements pictures clean

help:
	@echo "make demo            a whole evening in a pretend Telegram: prints the address of the chat page"
	@echo "make test            every check and every test"
	@echo "make run             the bot for real: BOT_TOKEN and bot.toml"
	@echo "make bench           the figures of the README"
	@echo "make kills           kill -9 under load, a thousand times"
	@echo "make long            every other long run: ledger, slots, fan-out, packets, questions, fraud"
	@echo "make sandbox-peers   python-telegram-bot's own live tests against the sandbox"
	@echo "make pictures        the pictures of the page, taken anew"
	@echo "make requirements    the pinned requirements, resolved anew"

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tuan needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 \
		|| { rm -rf .venv; { apt-get update && apt-get install -y python3-venv; } >/dev/null 2>&1 && $(PYTHON) -m venv .venv >/dev/null; } \
		|| { rm -rf .venv; echo "Python has no venv module here and it could not be installed: apt install python3-venv, then again"; exit 1; }
	@touch $@

.venv/run: requirements.txt pyproject.toml .venv/made
	@echo "Installing what Tuan needs into .venv …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.txt .venv/run
	@echo "Installing what the tests need into .venv …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

demo: .venv/run
	@$(BIN)/tuan demo $(ARGS)

run: .venv/run
	@$(BIN)/tuan run $(ARGS)

check: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m bot.core.catalogue check

# the many processes that tests start compile nothing twice
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/dev check
	@sh tests/browser/install.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup --ignore=tests/browser $(ARGS)
	@if sh tests/browser/install.sh --found; then $(BIN)/python -m pytest tests/browser; fi

bench: .venv/dev
	@$(BIN)/python -m benchmarks $(ARGS)

kills: .venv/dev
	@$(BIN)/python -m tests.faults.kills --count 1000 $(ARGS)

long: .venv/dev
	@$(BIN)/python -m tests.ledger.machine --count 2000
	@$(BIN)/python -m tests.ledger.machine_of_deals --count 2000
	@$(BIN)/python -m tests.concurrency.race --attempts 100000
	@$(BIN)/python -m tests.ledger.race --attempts 20000
	@$(BIN)/python -m tests.campaigns.virtual_year
	@$(BIN)/python -m tests.faults.fanouts --count 300
	@$(BIN)/python -m tests.packets.grabbing --packets 200
	@$(BIN)/python -m tests.packets.race --members 2000
	@$(BIN)/python -m tests.referral.fraud
	@$(BIN)/python -m tests.referral.race --attempts 8000
	@$(BIN)/python -m tests.questions.simulation
	@$(BIN)/python -m tests.questions.pairs

sandbox-peers: .venv/dev
	@$(BIN)/python -m benchmarks.peers $(ARGS)

pictures: .venv/dev
	@$(BIN)/python -m tests.browser.evening
	@TUAN_PICTURES=write $(BIN)/python -m pytest -q tests/browser/test_picture.py

requirements: .venv/dev
	$(BIN)/uv pip compile pyproject.toml --extra postgres --extra fast --extra install --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q -c requirements.txt -o requirements-dev.txt

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
