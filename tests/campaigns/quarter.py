"""A quarter of people for campaigns to write to: real tables, the real fan-out and composer, a post office instead of Telegram.

Invariant: what is delivered goes the courier's own way (claim, prepare, settle); only the wire is missing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from bot.core import sync
from bot.core.buttons import Buttons
from bot.core.compose import Composer
from bot.core.config import Config
from bot.gateway.ports import Hooks
from bot.gateway.settling import Result, prepare, settle
from bot.gateway.verdicts import Fate, Verdict
from campaigns import fanout, linter, slots
from models import deliveries, fanning, invariants, runs
from models.campaigns import campaigns as campaign_table
from models.campaigns import runs as run_table
from models.circles import circle_table, membership_table
from models.outbox import OUTBOX
from models.people import person_table
from models.recipients import recipients
from models.runs import RunLine
from tests.config.pages import write

START = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)  # a Friday, 08:00 in Shanghai
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 there
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LEASE = timedelta(minutes=1)
OFFICE, STAIRS = -1001000000001, -1001000000002

PAGE = """
[bot]
token = "env:BOT_TOKEN"
operators = [9]

[rates]
per_second = 30

[attention]
member_promotions = "{member}"
circle_posts = "{circle}"
quiet_hours = "{quiet}"

[[shop]]
id = "orchard"
name = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners = [8]

[[circle]]
chat_id = -1001000000001
name = "Office 3F"
tags = ["office"]

[[circle]]
chat_id = -1001000000002
name = "Stairwell B"
timezone = "America/New_York"

[[product]]
id = "oranges"
title = {{ en = "Honey oranges", zh_CN = "蜜橙" }}
price = "39.90"
category = "fruit"
{campaigns}
"""

HELLO = """
[[campaign]]
id = "{id}"
kind = "broadcast"
schedule = {schedule}
circles = ["Office 3F"]
text = {{ en = "Hello {{name}}.", zh_CN = "{{name}}，你好。" }}
{more}
"""


def hello(name: str = "hello", schedule: str = '{ at = "2026-11-20T12:00" }', more: str = "") -> str:
    """A broadcast to the members of Office 3F."""
    return HELLO.format(id=name, schedule=schedule, more=more)


class Quarter:
    """The database with Orchard Lane in it, its campaigns, and whoever moves in."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.now = START
        self.people: dict[str, int] = {}
        self.fate: Callable[[deliveries.OutboxRow], Verdict] = lambda row: Verdict(Fate.DELIVERED)
        self.left: list[tuple[int, str, datetime]] = []  # row, target, when: what the post office took
        self.letters: set[int] = set()  # the rows among them that campaigns wrote
        self.config: Config

    def loads(
        self, *campaigns: str, member: str = "2/7d", circle: str = "3/1d", quiet: str = "22:00-08:00"
    ) -> "Quarter":
        """bot.toml as it is from now on."""
        page = PAGE.format(campaigns="".join(campaigns), member=member, circle=circle, quiet=quiet)
        self.config = linter.load(write(self.folder, page), self.now)
        with self.writing() as session:
            sync.sync(session, self.config, slots.load, self.now)
        return self

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self.engine) as session, session.begin():
            yield session

    def moves_in(self, *names: str, chat: int = OFFICE, started: bool = True, **more: object) -> None:
        """People join a circle."""
        with self.writing() as session:
            circle = session.scalar(select(circle_table.c.id).where(circle_table.c.chat_id == chat))
            for name in names:
                if name not in self.people:
                    who = {"telegram_id": 1000 + len(self.people), "name": name, "seen_at": self.now}
                    who |= {"started_at": self.now if started else None, "by_initial": False, "keeps_cues": True, **more}
                    made = session.execute(insert(person_table).values(who).returning(person_table.c.id))
                    self.people[name] = int(made.scalar_one())
                session.execute(
                    insert(membership_table).values(circle_id=circle, person_id=self.people[name], joined_at=self.now)
                )

    def crowd(self, number: int) -> list[str]:
        names = [f"P{n}" for n in range(number)]
        self.moves_in(*names)
        return names

    def fires(self) -> int:
        """Every slot that has come; how many."""
        count = 0
        while True:
            with self.writing() as session:
                if slots.fire(session, self.now, self.config) is None:
                    return count
                count += 1

    def batch(self, last: int = 0) -> fanout.Found | None:
        with Session(self.engine) as session:
            run = fanout.next_run(session, self.config, self.now, last)
            return None if run is None else fanout.look(session, run, self.config, self.now)

    def writes(self, found: fanout.Found) -> bool:
        with self.writing() as session:
            return fanout.write(session, found, self.config, self.now)

    def fans_out(self) -> None:
        """All batches there is room for; then the runs that are over are closed."""
        while (found := self.batch()) is not None:
            assert self.writes(found)
        self.closes()

    def closes(self) -> None:
        with self.writing() as session:
            for run_id in fanning.over(session):
                fanning.close(session, run_id, self.now)

    def delivers(self, most: int = 1000) -> int:
        """Everything that may leave now; how many were tried."""
        tried = 0
        while tried < most and (rows := self._claimed(min(50, most - tried))):
            tried += len(rows)
            for row in rows:
                self.hands_over(row)
        return tried

    def _claimed(self, most: int) -> list[deliveries.OutboxRow]:
        with self.writing() as session:
            return deliveries.claim(session, self.now, most, LEASE)

    def hands_over(self, row: deliveries.OutboxRow) -> None:
        """One claimed row, the courier's way."""
        hooks = Hooks(compose=Composer(Buttons("1:x"), self.config).compose)
        with Session(self.engine) as session:
            letter = prepare(session, hooks, row, self.now)
        verdict = letter.verdict
        if letter.outgoing is not None:
            verdict = self.fate(row)
            if verdict.fate in {Fate.DELIVERED, Fate.UNKNOWN}:
                self.left.append((row.id, row.target, self.now))
                self.letters.update([row.id] if "campaign" in row.params else [])
        with self.writing() as session:
            settle(session, hooks, Result(letter, verdict, {"message_id": row.id}), self.now)

    def goes_on(self, until: datetime, step: timedelta = HOUR) -> None:
        """What is due now happens, and time passes; what falls due then happens too."""
        self.all_at_once()
        while self.now < until:
            self.now = min(self.now + step, until)
            self.all_at_once()

    def all_at_once(self) -> None:
        self.fires()
        self.fans_out()
        while self.delivers():
            self.fans_out()
        self.closes()

    def at(self, moment: datetime) -> "Quarter":
        self.now = moment
        return self

    # What came of it

    def runs(self, key: str = "hello") -> list[RunLine]:
        with Session(self.engine) as session:
            campaign = session.scalar(select(campaign_table.c.id).where(campaign_table.c.key == key))
            return list(reversed(runs.latest(session, campaign or 0, 100)))

    def run(self, key: str = "hello") -> RunLine:
        return self.runs(key)[-1]

    def outcomes(self, key: str = "hello") -> dict[str, str]:
        """Name -> what became of them in the last run, by its decision or else by its message."""
        names = {number: name for name, number in self.people.items()}
        with Session(self.engine) as session:
            mine = recipients.join(run_table, run_table.c.id == recipients.c.run_id)
            query = select(recipients.c.person_id, recipients.c.outcome, OUTBOX.c.state).select_from(
                mine.outerjoin(
                    OUTBOX, (OUTBOX.c.run_id == recipients.c.run_id) & (OUTBOX.c.person_id == recipients.c.person_id)
                )
            )
            found = session.execute(query.where(run_table.c.id == self.run(key).id))
            return {
                names[row.person_id]: row.state if row.outcome == "queued" else row.outcome
                for row in found if row.person_id is not None
            }  # fmt: skip

    def changes(self, name: str, **values: object) -> None:
        with self.writing() as session:
            session.execute(update(person_table).where(person_table.c.id == self.people[name]).values(**values))

    def verified(self) -> list[str]:
        with Session(self.engine) as session:
            return [str(difference) for difference in invariants.check(session)]
