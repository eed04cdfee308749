"""A circle of 500 for 60 days: who is asked how often, and how many questions are answered within two waves.

A third of the members answer most of what they are asked, a third now and then, a third never; they live in three zones
and sleep. A question counts where somebody willing could have been asked when it was: received the product or its kind,
awake, within all limits. Run: `python -m tests.questions.simulation [--members 500] [--days 60] [--seed 1]`.
"""

import argparse
import heapq
import json
import random
import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from models import answers, asks, asks_candidates, deadlines
from models.asks import Ask, ask_table
from models.asks_limits import asleep, rested
from models.errors import DomainError
from models.facts import AnyFact, AskPut
from models.people import Person
from models.questions import Question
from models.questions_asking import Asking, House, ask
from models.states import WordsState
from tests.questions.limits import Put, Sleep, broken
from tests.questions.town import Town
from tests.rules.scene import engine_of

ZONES = ("Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "Europe/Berlin", "America/New_York")
WILLING = (0.85, 0.3, 0.0)  # how likely each third answers what it is asked
BEGIN = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
A_DAY = 4.0  # questions, on average


@dataclass
class Outcome:
    """What came of it."""

    questions: int = 0
    answerable: int = 0  # somebody willing could have been asked
    answered: int = 0  # of those, in two waves
    asks: int = 0
    explored: int = 0
    most_asked: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.answered / self.answerable if self.answerable else 1.0


class Simulation:
    """One circle on a database of its own; what people do is drawn from one seed."""

    def __init__(self, session: Session, members: int, seed: int) -> None:
        self.town = Town(session, now=BEGIN, tells=False)
        self.session, self.chance, self.seed = session, random.Random(seed), seed
        self.willing: dict[int, float] = {}
        self.sleeps: dict[int, Sleep] = {}
        self.waiting: list[tuple[datetime, int, int]] = []  # when somebody answers which ask
        self.answerable: list[int] = []
        for number in range(members):
            self._settle(number)

    def _settle(self, number: int) -> None:
        name, zone = f"Member {number}", self.chance.choice(ZONES)
        person_id = self.town.person(name, timezone=zone)
        self.willing[person_id] = WILLING[number % 3]
        self.sleeps[person_id] = Sleep(zone)
        for product in ("oranges", "pears", "bread"):
            if self.chance.random() < 0.12:
                self.town.received(name, product, self.chance.randint(1, 3), days=self.chance.uniform(1, 120))

    def run(self, days: int) -> Outcome:
        outcome, end = Outcome(), BEGIN + timedelta(days=days)
        while self.town.now < end:
            self._until(self.town.now + timedelta(days=self.chance.expovariate(A_DAY)))
            self._ask(outcome)
        self._until(self.town.now + timedelta(days=3))
        return self._counted(outcome)

    def _until(self, end: datetime) -> None:
        """Everything that falls due, and every answer, in the order of time."""
        while True:
            due = self.town.next_due()
            answer = self.waiting[0][0] if self.waiting else None
            soonest = min((at for at in (due, answer) if at is not None), default=end)
            if soonest >= end:
                break
            self.town.now = max(self.town.now, soonest)
            if answer is not None and answer == soonest:
                self._answer(heapq.heappop(self.waiting)[2])
            else:
                self._heard(deadlines.sweep(self.session, self.town.now))
        self.town.now = end
        self.session.commit()

    def _ask(self, outcome: Outcome) -> None:
        asker = self.town.person(f"Member {self.chance.randrange(len(self.willing))}")
        product = self.town.products[self.chance.choice(("oranges", "pears", "bread"))]
        asking = Asking(self.town.circle, product, f"Question {outcome.questions}?", public=True)
        try:
            question_id, facts = ask(self.session, asking, asker, self.town.now, House(seed=self.seed))
        except DomainError as error:
            if error.code != "questions_enough":
                raise
            return
        outcome.questions += 1
        if self._could_answer(question_id, facts):
            self.answerable.append(question_id)
        self._heard(facts)

    def _could_answer(self, question_id: int, facts: list[AnyFact]) -> bool:
        """Whether somebody willing was asked at once, or was free to be."""
        if any(isinstance(fact, AskPut) and self.willing[fact.person_id] > 0.0 for fact in facts):
            return True
        question = self.session.get_one(Question, question_id)
        found = asks_candidates.find_all(self.session, question, self.town.now).candidates
        free = (one for one in found if rested(one.past, self.town.now) and not asleep(one.night, self.town.now))
        return any(self.willing[one.person_id] > 0.0 for one in free)

    def _heard(self, facts: list[AnyFact]) -> None:
        for fact in facts:
            if isinstance(fact, AskPut) and self.chance.random() < self.willing[fact.person_id]:
                at = self.town.now + timedelta(minutes=self.chance.expovariate(1 / 45))
                heapq.heappush(self.waiting, (at, fact.ask_id, fact.ask_id))

    def _answer(self, ask_id: int) -> None:
        put = self.session.get_one(Ask, ask_id)
        person = self.session.get_one(Person, put.person_id)
        person.seen_at = self.town.now
        try:
            if self.chance.random() < 0.1:
                asks.decline(self.session, ask_id, put.person_id, self.town.now)
            else:
                answers.give(self.session, ask_id, put.person_id, "Very sweet.", None, self.town.now)
        except DomainError as error:
            if error.code != "ask_over":
                raise

    def _counted(self, outcome: Outcome) -> Outcome:
        rows = self.session.query(Ask).populate_existing().all()
        outcome.asks, outcome.explored = len(rows), sum(row.explored for row in rows)
        outcome.most_asked = max(Counter(row.person_id for row in rows).values(), default=0)
        puts = [Put(a.question_id, a.person_id, a.asker_id, a.put_at, a.state, a.settled_at) for a in rows]
        outcome.broken = broken(puts, self.sleeps)
        a = answers.answer_table.c
        given = self.session.query(a.question_id).join(ask_table, ask_table.c.id == a.ask_id)
        early = given.where(ask_table.c.wave <= 2, a.state == WordsState.SHOWN)
        answered = {row[0] for row in early}
        outcome.answerable = len(self.answerable)
        outcome.answered = sum(question_id in answered for question_id in self.answerable)
        return outcome


def simulate(folder: Path, members: int, days: int, seed: int) -> Outcome:
    """One run on a database in the folder."""
    engine = engine_of(f"sqlite:///{folder / f'simulation-{seed}.db'}")
    try:
        with Session(engine, expire_on_commit=False) as session:
            return Simulation(session, members, seed).run(days)
    finally:
        engine.dispose()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        outcome = simulate(Path(folder), args.members, args.days, args.seed)
    told = {
        "commit": commit, "seed": args.seed, "members": args.members, "days": args.days, "questions": outcome.questions,
        "with_somebody_willing": outcome.answerable, "answered_in_two_waves": round(outcome.share, 3), "asks": outcome.asks,
        "to_people_not_tried": outcome.explored, "most_asked": outcome.most_asked, "limits_broken": len(outcome.broken),
    }  # fmt: skip
    print(json.dumps(told))
    print("\n".join(outcome.broken[:20]))
    return 0 if not outcome.broken and outcome.share >= 0.8 else 1


if __name__ == "__main__":
    raise SystemExit(main())
