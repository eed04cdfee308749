"""Routing a question among 1,000,000 members and 5,000,000 orders, and finding similar ones among 10,000 (SQLite).

2,000 circles of about 400 members and one of 200,000 (the most a Telegram group has), 200 products in 10 categories; a
wave is measured from the question's row to its asks. Run: `python -m benchmarks.questions [--members 1000000] [--keep FILE]`.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bot.core import migrate
from models import asks_waves, similar_index
from models.answers import Answer
from models.catalogue import Product
from models.circles import Circle, Membership
from models.columns import table_of
from models.questions import Question
from models.shops import Shop
from models.states import QuestionState

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
AT = "2026-11-20 04:00:00.000000"
CIRCLES, PRODUCTS, CATEGORIES = 2000, 200, 10
QUESTIONS = 10_000
GREAT = CIRCLES + 1  # the circle of 200,000
_WORDS = (
    ("are they", "is it", "were yours", "anyone knows:", "how", "请问", "这个", "大家觉得", "买过的人说说"),
    ("sweet", "sour", "fresh", "easy to peel", "good for kids", "甜不甜", "新鲜吗", "能放多久", "好剥皮吗", "小孩能吃吗"),
    ("", "this time", "compared to last year", "in the fridge", "for juice", "送人", "放冰箱", "跟超市比", "第二次买"),
)


def _filled(table: str, count: int, given: dict[str, str]) -> str:
    """An INSERT of `count` rows, numbered by `i`; what must not be empty and is not named is 0."""
    columns = SQLModel.metadata.tables[table].columns
    given = {column.name: "0" for column in columns if not column.nullable} | given
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    return f"INSERT INTO {table} ({', '.join(given)}) {numbers} SELECT {', '.join(given.values())} FROM n"  # ours


def _before(unit: str, number: str) -> str:
    return f"datetime('{AT}', '-' || ({number}) || ' {unit}') || '.000000'"


def fill(engine: Engine, members: int) -> None:
    """People, memberships and orders, in the database's own loops; no foreign key is looked at while it fills."""
    great = members // 5
    person = f"(1 + (i * 7919) % {members})"
    at = f"'{AT}'"
    statements = (
        _filled("people", members, {
            "id": "i", "telegram_id": "i", "name": "'Someone'", "started_at": f"CASE WHEN i % 5 THEN {at} END",
            "seen_at": _before("hours", "i % 900"),
        }),
        _filled("memberships", members, {
            "circle_id": f"CASE WHEN i <= {great} THEN {GREAT} ELSE 1 + i % {CIRCLES} END", "person_id": "i", "joined_at": at,
        }),
        _filled("orders", members * 5, {
            "id": "i", "shop_id": "1", "circle_id": f"CASE WHEN {person} <= {great} THEN {GREAT} ELSE 1 + {person} % {CIRCLES} END",
            "product_id": f"1 + (i * 31 + i / 977) % {PRODUCTS}", "seat_id": "i", "person_id": person, "state": "'completed'",
            "created_at": at, "collected_at": _before("minutes", "i % 300000"),
        }),
    )  # fmt: skip
    with Session(engine) as session:
        session.add(Shop(id=1, key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai"))
        session.flush()
        session.add_all(
            Circle(id=i, shop_id=1, chat_id=-1000 - i, title="Circle", state="approved", created_at=NOW)
            for i in range(1, GREAT + 1)
        )
        session.add_all(
            Product(id=i, shop_id=1, key=f"p{i}", title={}, price=100, category=f"c{i % CATEGORIES}")
            for i in range(1, PRODUCTS + 1)
        )
        session.commit()
    with engine.connect() as connection:
        for statement in ("COMMIT", "PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN", *statements, "ANALYZE"):
            connection.exec_driver_sql(statement)
        connection.commit()


def _engine(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}", connect_args={"isolation_level": None})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _question(session: Session, circle: int, product: int, words: str, asker: int) -> int:
    question = Question(
        shop_id=1, circle_id=circle, product_id=product, asker_id=asker, asked_of="buyers", state=QuestionState.OPEN,
        words=words, public=True, asked_at=NOW, shop_at=NOW + timedelta(days=1),
    )  # fmt: skip
    session.add(question)
    session.flush()
    return question.id or 0


def _times(runs: int, once: Callable[[int], object]) -> list[float]:
    """Milliseconds of each run, the first few not counted; and what of it was this process's own, on a busy machine."""
    found, own = list[float](), 0.0
    for number in range(runs + 5):
        begun, own_begun = time.perf_counter(), time.process_time()
        once(number)
        found.append((time.perf_counter() - begun) * 1000)
        own += (time.process_time() - own_begun) * 1000 if number >= 5 else 0.0
    print(f"  {own / runs:.1f} ms of processor time each", flush=True)
    return sorted(found[5:])


def _somebody(session: Session, circle: int) -> int:
    """A member of that circle, to ask there."""
    c = table_of(Membership).c
    return session.execute(select(c.person_id).where(c.circle_id == circle).limit(1)).scalar_one()


def route(engine: Engine, circle: int | None, runs: int) -> list[float]:
    """Waves of questions in one circle, or each in another one; rolled back, so that nobody grows tired."""
    chance, asked = random.Random(7), list[int]()
    with Session(engine) as session:
        places = [(circle or chance.randint(1, CIRCLES), chance.randint(1, PRODUCTS)) for _ in range(runs + 5)]
        questions = [
            _question(session, place, product, "Are they sweet?", _somebody(session, place)) for place, product in places
        ]

        def once(number: int) -> None:
            asked.append(len(asks_waves.send(session, questions[number], NOW)))

        found = _times(runs, once)
        session.rollback()
    print(f"  {statistics.mean(asked):.1f} people asked a wave", flush=True)
    if not any(asked):
        raise RuntimeError("nobody was asked, so nothing was measured")
    return found


def similar(engine: Engine, runs: int) -> list[float]:
    """Look-ups among 10,000 answered questions of one circle and category."""
    chance = random.Random(11)
    with Session(engine) as session:
        for number in range(QUESTIONS):
            product = 1 + CATEGORIES * chance.randrange(PRODUCTS // CATEGORIES)
            words = " ".join(chance.choice(part) for part in _WORDS) + f" {number % 97}"
            question_id = _question(session, 1, product, words, 1)
            session.add(Answer(
                question_id=question_id, shop_id=1, circle_id=1, product_id=product, person_id=2, by="buyer", state="shown",
                words="Yes.", created_at=NOW,
            ))  # fmt: skip
            similar_index.put(session, session.get_one(Question, question_id))
        session.flush()
        asked = [" ".join(chance.choice(part) for part in _WORDS) for _ in range(runs + 5)]
        found = _times(runs, lambda number: similar_index.look(session, 1, 1, asked[number]))
        session.rollback()
    return found


def measure(members: int, runs: int = 60, keep: Path | None = None) -> dict[str, object]:
    """Medians and 95th percentiles in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        file = keep or Path(folder) / "questions.db"
        there = file.exists()
        migrate.upgrade(f"sqlite:///{file}")
        engine = _engine(file)
        if not there:
            fill(engine, members)
        figures: dict[str, object] = {"members": members, "orders": members * 5}
        measures = (("route", None), ("route_in_a_circle_of_a_fifth", GREAT))
        for name, circle in measures:
            figures |= _told(name, route(engine, circle, runs))
        figures |= _told("similar_of_10000", similar(engine, runs))
        engine.dispose()
    return figures


def _told(name: str, found: list[float]) -> dict[str, object]:
    return {f"{name}_ms": round(statistics.median(found), 1), f"{name}_p95_ms": round(found[int(len(found) * 0.95)], 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--keep", type=Path, default=None, help="keep the filled file here, or use the one that is there")
    args = parser.parse_args()
    print(json.dumps(measure(args.members, args.runs, args.keep)))


if __name__ == "__main__":
    main()
