"""Files that Tuan sends: pick lists as XLSX and CSV, and what is kept of a person as JSON. Made when they leave."""

import json
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.core import draw_board
from bot.core.words import Words
from models import picklist, privacy
from models.deliveries import OutboxRow


@dataclass(frozen=True, slots=True)
class File:
    """A file as it leaves."""

    name: str
    content: bytes
    caption: Markup


def file_of(session: Session, row: OutboxRow, words: Words) -> File:
    """The file of a row: template "pick_list" (params round_id, circle_id or shop_id, and format), "export",
    or "draw_revealed" (params draw_id).
    """
    if row.template == "export":
        return _export(session, row, words)
    if row.template == "draw_revealed":
        return _record(session, row, words)
    if row.template != "pick_list":
        raise ValueError(f"no file called {row.template}")
    return _pick_list(session, row, words)


def _pick_list(session: Session, row: OutboxRow, words: Words) -> File:
    from bot.core import sheets  # noqa: PLC0415  # its spreadsheet library is slow to import and seldom needed

    kind = str(row.params.get("format", "xlsx"))
    scope = {
        key: value for key in ("round_id", "circle_id", "shop_id") if isinstance(value := row.params.get(key), int)
    }
    found = picklist.rows(session, **scope, language=words.language)
    content = sheets.xlsx(found) if kind == "xlsx" else sheets.csv(found)
    return File(f"pick-list.{kind}", content, words.text("file_pick_list", n=len(found)))


def _export(session: Session, row: OutboxRow, words: Words) -> File:
    assert row.person_id is not None
    kept = privacy.export(session, row.person_id)
    content = json.dumps(kept, ensure_ascii=False, indent=2, default=str).encode()
    return File("tuan.json", content, words.text("file_export"))


def _record(session: Session, row: OutboxRow, words: Words) -> File:
    """What is published of a lucky draw; the caption names who won."""
    draw_id = row.params["draw_id"]
    assert isinstance(draw_id, int)
    name, content = draw_board.record(session, draw_id)
    return File(name, content, words.text("draw_revealed", **draw_board.values(session, row.params, words)))
