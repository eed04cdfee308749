"""`tuan backup`: a copy of the database as it was in one moment, made while the bot runs.

Invariants: the copy holds all that was committed when it began; the name asked for appears only once the copy is whole
and on disk; nothing is overwritten, nothing of the bot's is waited for, and the bot's file is never checkpointed.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url

from bot.core.config import SecretMissing
from bot.core.outages import DatabaseUnavailable, outage_of
from campaigns.linter import check

_PAGES = 1000  # copied between two looks at the progress: some 4 MB


def main(args: Namespace) -> int:
    loaded = check(args.config)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    try:
        _backup(make_url(loaded.config.bot.database_url()), args.file)
    except (DatabaseUnavailable, SecretMissing, OSError) as error:
        print(f"tuan: {error}", file=sys.stderr)
        return 1
    print(f"{args.file}: {args.file.stat().st_size / 1e6:.1f} MB")
    return 0


def _backup(address: URL, file: Path) -> None:
    if file.exists():
        raise FileExistsError(f"{file} is there already; name another file")
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    try:
        if address.get_backend_name() == "sqlite":
            _copy(Path(address.database or ""), part)
        else:
            _dump(address, part)
        _keep(part, file)
    finally:
        part.unlink(missing_ok=True)


def _copy(source: Path, part: Path) -> None:
    """Page by page over one snapshot: a reader's transaction is held, so what the bot writes meanwhile changes nothing."""
    if not source.is_file():
        raise DatabaseUnavailable(f"{source}: there is no database of tuan yet")
    try:
        with closing(sqlite3.connect(source, isolation_level=None)) as bot, closing(sqlite3.connect(part)) as copy:
            for pragma in ("wal_autocheckpoint=0", "query_only=ON"):
                bot.execute(f"PRAGMA {pragma}")
            bot.execute("BEGIN")
            bot.execute("SELECT count(*) FROM sqlite_master").fetchone()
            bot.backup(copy, pages=_PAGES, progress=_progress())
    except sqlite3.Error as error:
        raise outage_of(error) or DatabaseUnavailable(f"{source}: {error}") from error


def _progress() -> Callable[[int, int, int], None] | None:
    """A line that counts up, where a terminal looks on."""
    if not sys.stderr.isatty():
        return None

    def show(_: int, left: int, pages: int) -> None:
        print(f"\r{100 * (pages - left) // max(1, pages)} %", end="\n" if left == 0 else "", file=sys.stderr, flush=True)

    return show


def _dump(address: URL, part: Path) -> None:
    """PostgreSQL's own tool knows best. The password goes by the environment: arguments can be read by every user."""
    tool = shutil.which("pg_dump")
    if tool is None:
        raise DatabaseUnavailable("pg_dump is not on PATH: install PostgreSQL's client programs of the server's version")
    url = address.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": address.password} if address.password else {})}
    command = [tool, "--format=custom", "--no-owner", f"--file={part}", f"--dbname={url}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # no shell
    if done.returncode != 0:
        raise DatabaseUnavailable((done.stderr.strip().splitlines() or ["pg_dump failed"])[0])


def _keep(part: Path, file: Path) -> None:
    """On disk first, then by its name."""
    for path in (part, file.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if path == part:
            part.rename(file)
