"""A lucky draw that anybody can check: how winners follow from published data. The standard library alone (docs/draws.md).

Run by itself it verifies a record: `python models/draw_record.py FILE`; so does `tuan draw verify FILE`.

Invariants: the seed and the terms are committed to by their hashes before anybody takes part; the tickets by theirs
before the seed is told; the order of the tickets follows from these three and from nothing else, so that whoever changes
one of them afterwards is found out.
"""

import hashlib
import hmac
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

VERSION = 1
MOST_BYTES = 64 * 1024 * 1024  # of a record; a ticket takes 35
_HASH, _TICKET = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
_KEYS = frozenset({"tuan_draw", "terms", "terms_sha256", "seed_sha256", "tickets", "tickets_sha256", "seed", "winners"})


class RecordRefused(Exception):  # noqa: N818  # reads as what happened
    """A record that does not prove its winners; its text says why in one line."""


@dataclass(frozen=True)
class Proven:
    """What a record proves. `winners` are (ticket, prize) in the order in which they were drawn."""

    tickets: int
    winners: tuple[tuple[str, str], ...]
    seed_sha256: str
    terms_sha256: str
    tickets_sha256: str


def terms_hash(terms: Mapping[str, object]) -> str:
    """SHA-256 of the terms as JSON: keys sorted, no spaces, UTF-8, nothing escaped but what JSON must."""
    text = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def seed_hash(seed: str) -> str:
    """SHA-256 of the seed's 32 bytes, which `seed` writes in hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(seed)).hexdigest()


def tickets_hash(tickets: Iterable[str]) -> str:
    """SHA-256 of the tickets in rising order, each followed by a line feed."""
    return hashlib.sha256("".join(f"{ticket}\n" for ticket in sorted(tickets)).encode()).hexdigest()


def drawn(seed: str, terms_sha256: str, tickets: Sequence[str]) -> list[str]:
    """All tickets in the order in which they are drawn.

    A ticket's place follows from HMAC-SHA-256 with the seed's bytes as key over "terms:tickets:ticket", the first two being
    hashes in hexadecimal; the lowest comes first.
    """
    key, of = bytes.fromhex(seed), f"{terms_sha256}:{tickets_hash(tickets)}"
    return sorted(tickets, key=lambda ticket: (hmac.new(key, f"{of}:{ticket}".encode(), hashlib.sha256).hexdigest(), ticket))


def winners(seed: str, terms: Mapping[str, object], tickets: Sequence[str]) -> list[dict[str, str]]:
    """Who wins what: the prizes in their order go to the tickets in theirs, as long as there are both."""
    prizes = terms["prizes"]
    assert isinstance(prizes, list)
    order = drawn(seed, terms_hash(terms), tickets)
    return [{"ticket": ticket, "prize": prize} for ticket, prize in zip(order, prizes, strict=False)]


def written(terms: Mapping[str, object], seed: str, tickets: Sequence[str]) -> dict[str, object]:
    """The record of a draw that was held."""
    return {
        "tuan_draw": VERSION, "terms": dict(terms), "terms_sha256": terms_hash(terms), "seed_sha256": seed_hash(seed),
        "tickets": sorted(tickets), "tickets_sha256": tickets_hash(tickets), "seed": seed,
        "winners": winners(seed, terms, tickets),
    }  # fmt: skip


def verified(record: object, *, seed_sha256: str | None = None, tickets_sha256: str | None = None) -> Proven:
    """What the record proves. The two hashes, if given, are those the circle was shown. Raises RecordRefused."""
    if not isinstance(record, dict) or record.get("tuan_draw") != VERSION or set(record) != _KEYS:
        raise RecordRefused(f"this is no record of a draw of version {VERSION}")
    terms, tickets, seed = record["terms"], record["tickets"], record["seed"]
    _shaped(terms, tickets, seed)
    _equal("the terms", record["terms_sha256"], terms_hash(terms))
    _equal("the seed", record["seed_sha256"], seed_hash(seed))
    _equal("the tickets", record["tickets_sha256"], tickets_hash(tickets))
    _equal("the seed", seed_sha256 or record["seed_sha256"], record["seed_sha256"], "what the circle was shown")
    _equal("the tickets", tickets_sha256 or record["tickets_sha256"], record["tickets_sha256"], "what the circle was shown")
    won = winners(seed, terms, tickets)
    if record["winners"] != won:
        raise RecordRefused("the winners are not those that the seed and the tickets give")
    told = tuple((one["ticket"], one["prize"]) for one in won)
    return Proven(len(tickets), told, record["seed_sha256"], record["terms_sha256"], record["tickets_sha256"])


def read(file: Path) -> object:
    """What a file holds. Raises RecordRefused for one that cannot be read, is too large or is no JSON."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise RecordRefused(f"{file} is larger than {MOST_BYTES // 1024 // 1024} MiB, no record of a draw")
        return json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_once)
    except OSError as error:
        raise RecordRefused(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise RecordRefused(f"{file} is no JSON that a draw is written in") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A table whose keys each stand once: of two, readers may see different ones."""
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key stands twice")
    return table


def _shaped(terms: object, tickets: object, seed: object) -> None:
    if not isinstance(terms, dict) or not isinstance(prizes := terms.get("prizes"), list) or not _plain(prizes):
        raise RecordRefused("the terms name no list of prizes")
    if not all(_plain(value) for value in terms.values()):
        raise RecordRefused("the terms hold something else than words, whole numbers and lists of words")
    if not isinstance(tickets, list) or not all(isinstance(one, str) and _TICKET.fullmatch(one) for one in tickets):
        raise RecordRefused("a ticket is not written in 32 hexadecimal digits")
    if tickets != sorted(set(tickets)):
        raise RecordRefused("the tickets do not stand in rising order, each once")
    if not isinstance(seed, str) or not _HASH.fullmatch(seed):
        raise RecordRefused("the seed is not written in 64 hexadecimal digits")


def _plain(value: object) -> bool:
    """Words, whole numbers, lists of words: what every language writes as the same JSON."""
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))


def _equal(what: str, claimed: object, found: object, against: str = "the hash in the record") -> None:
    if claimed != found:
        raise RecordRefused(f"{what} and {against} do not fit: somebody changed one of them")


def main(arguments: Sequence[str]) -> int:
    """`FILE`; 0 and what it proves, or 1 and why it proves nothing."""
    if len(arguments) != 1:
        sys.stderr.write("usage: draw_record.py FILE\n")
        return 2
    try:
        proven = verified(read(Path(arguments[0])))
    except RecordRefused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write("\n".join(sentences(proven)) + "\n")
    return 0


def sentences(proven: Proven) -> list[str]:
    """What a record proves, for a terminal; the hashes are to be compared with those the circle was shown."""
    return [
        f"ok: {proven.tickets} tickets, {len(proven.winners)} winners, as the seed gives them",
        *(f"  {place}. {ticket}  {prize}" for place, (ticket, prize) in enumerate(proven.winners, 1)),
        f"seed     {proven.seed_sha256}", f"terms    {proven.terms_sha256}", f"tickets  {proven.tickets_sha256}",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
