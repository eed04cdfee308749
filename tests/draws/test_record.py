"""The published record: whoever changes a word of it is found out, and nothing but the standard library is needed."""

import copy
import json
import secrets
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from models import draw_record
from models.draw_record import RecordRefused, verified, written

ROOT = Path(__file__).parents[2]
TERMS = {
    "draw": "run:spring:7:1", "circle": "Office 3F", "prizes": ["券 5.00", "券 5.00", "A box of oranges"],
    "opened_at": "2026-11-20T10:00:00+00:00", "closes_at": "2026-11-21T10:00:00+00:00", "standing_days": 3, "entry": "free",
}  # fmt: skip
SEED = "00" * 31 + "07"
TICKETS = [f"{number:032x}" for number in (3, 14, 15, 92, 65)]


@pytest.fixture
def record() -> dict[str, object]:
    return written(TERMS, SEED, TICKETS)


def test_a_worked_example_that_another_language_can_be_held_against(record: dict[str, object]) -> None:
    """docs/draws.md tells the same example."""
    page = (ROOT / "docs" / "draws.md").read_text(encoding="utf-8")
    for key in ("seed_sha256", "terms_sha256", "tickets_sha256"):
        assert str(record[key]) in page
    winners = record["winners"]
    assert isinstance(winners, list)
    told = [line.split()[1] for line in page.splitlines() if line.startswith(("    1. ", "    2. ", "    3. "))]
    assert [one["ticket"] for one in winners] == told


def test_an_honest_record_proves_its_winners(record: dict[str, object]) -> None:
    proven = verified(record, seed_sha256=draw_record.seed_hash(SEED), tickets_sha256=draw_record.tickets_hash(TICKETS))
    assert proven.tickets == 5
    assert [prize for _, prize in proven.winners] == TERMS["prizes"]


@pytest.mark.parametrize(("key", "value"), [
    ("seed", "00" * 32), ("seed", "xyz"), ("seed_sha256", "0" * 64), ("terms_sha256", "0" * 64), ("tickets_sha256", "0" * 64),
    ("tickets", TICKETS[:-1]), ("tickets", [*TICKETS, TICKETS[0]]), ("tickets", TICKETS[::-1]), ("tickets", "none"),
    ("winners", []), ("terms", TERMS | {"prizes": ["A car"]}), ("terms", TERMS | {"standing_days": 0}), ("terms", {}),
    ("terms", TERMS | {"closes_at": 1.5}), ("terms", TERMS | {"draw": {"deep": {}}}), ("tuan_draw", 2), ("more", 1),
])  # fmt: skip
def test_a_change_is_found(record: dict[str, object], key: str, value: object) -> None:
    with pytest.raises(RecordRefused):
        verified(record | {key: value})


def test_another_order_of_winners_is_found(record: dict[str, object]) -> None:
    winners = record["winners"]
    assert isinstance(winners, list)
    with pytest.raises(RecordRefused, match="the winners"):
        verified(record | {"winners": winners[::-1]})
    swapped = [winners[0] | {"prize": "A box of oranges"}, *winners[1:]]
    with pytest.raises(RecordRefused, match="the winners"):
        verified(record | {"winners": swapped})


def test_a_record_made_anew_is_found_by_what_the_circle_was_shown() -> None:
    """Whoever makes up a whole new record can make it agree with itself, not with the hashes in the chat."""
    forged = written(TERMS, "11" * 32, [*TICKETS, "f" * 32])
    assert verified(forged).tickets == 6
    with pytest.raises(RecordRefused, match="what the circle was shown"):
        verified(forged, seed_sha256=draw_record.seed_hash(SEED))
    with pytest.raises(RecordRefused, match="what the circle was shown"):
        verified(forged, tickets_sha256=draw_record.tickets_hash(TICKETS))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_character_changed_anywhere_is_found_or_changes_nothing(data: st.DataObject) -> None:
    honest = written(TERMS, SEED, TICKETS)
    text = json.dumps(honest)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.sampled_from("0123456789abcdef \"{}[],:")) + text[at + 1 :]
    try:
        found = json.loads(changed)
    except ValueError:
        return
    if found != honest:
        with pytest.raises(RecordRefused):
            verified(found)


def test_every_ticket_has_the_same_odds() -> None:
    """6,000 draws among 12: a fair ticket wins first 500 times with a deviation of 21; five deviations are beyond chance."""
    tickets = [secrets.token_hex(16) for _ in range(12)]
    firsts = Counter(draw_record.drawn(secrets.token_hex(32), "0" * 64, tickets)[0] for _ in range(6000))
    assert set(firsts) == set(tickets)
    assert all(abs(count - 500) < 107 for count in firsts.values()), firsts


def test_the_standard_library_alone_suffices(record: dict[str, object], tmp_path: Path) -> None:
    """Isolated from everything that was installed, from a folder of its own."""
    alone = tmp_path / "draw_record.py"
    alone.write_text((ROOT / "models" / "draw_record.py").read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    run = subprocess.run([sys.executable, "-I", "-S", str(alone), str(file)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("ok: 5 tickets, 3 winners")
    tampered = copy.deepcopy(record) | {"seed": "11" * 32}
    file.write_text(json.dumps(tampered), encoding="utf-8")
    run = subprocess.run([sys.executable, "-I", "-S", str(alone), str(file)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "the seed and the hash in the record do not fit: somebody changed one of them\n"


def test_the_command(record: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "draw-7.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    assert main(["draw", "verify", str(file), "--seed", draw_record.seed_hash(SEED)]) == 0
    assert "A box of oranges" in capsys.readouterr().out
    assert main(["draw", "verify", str(file), "--tickets", "0" * 64]) == 1
    assert capsys.readouterr().err.startswith("tuan: ")


@pytest.mark.parametrize("content", ["", "[]", "{}", "nonsense", '{"tuan_draw": 1}', "[" * 100_000, '{"a": 1, "a": 2}', "\ufeff{}"])
def test_what_is_no_record_gets_one_line(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.json"
    file.write_text(content, encoding="utf-8")
    assert main(["draw", "verify", str(file)]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "verify", str(tmp_path / "none.json")]) == 1
    assert "cannot be read" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["draw", "verify", str(tmp_path / "none.json"), "--seed", "abc"])
    assert left.value.code == 2
