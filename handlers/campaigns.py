"""/campaigns in private: operators pause, resume, run now and skip; a run's page says whom it reached and whom not.

Invariants: only operators look after campaigns, and a run of an owner's own message is its shop's owners' too; what is
done once more by a second tap is asked for by the state the button was shown in, so a stale one does nothing.
"""

from aiogram import Router
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import run_pages
from bot.core.buttons import Button, Keyboard, keyboard
from handlers.replies import said, show_anew
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import shops
from models.errors import DomainError
from models.runs import CampaignLine, RunLine

LONG, RUNS = 8, 6  # campaigns of a page, runs of a campaign's
Page = tuple[str, Keyboard]


def routes() -> Router:
    """/campaigns in private."""
    router = Router(name="campaigns")
    router.message.register(campaigns, Command("campaigns"))
    return router


async def campaigns(message: Message, scene: Scene) -> None:
    """Every campaign with its state, its next time and its last run."""
    del message
    await scene.write(said, *await scene.unit.read(_list, scene, 0))


@taps.on("cl", at=At.PRIVATE)
async def listed(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Another page of the list; the id is where it begins."""
    await scene.write(show_anew, tap.message_id, *await scene.unit.read(_list, scene, tap.id))
    return tap.answer()


@taps.on("cp", at=At.PRIVATE)
async def one(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """One campaign's page; with `arg` the question before it runs."""
    await scene.write(_opened, scene, tap)
    return tap.answer()


@taps.on("ca", at=At.PRIVATE)
async def act(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Pause, resume, skip (`s` and the slot's second) or run now (`r` and the last run's number)."""
    return tap.answer(await scene.write(_acted, scene, tap))


@taps.on("crun", at=At.PRIVATE)
async def run(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """A run's page, and what is done to it."""
    told = await scene.write(_ran, scene, tap)
    return tap.answer(scene.words.say(told) if told else None)


def _list(session: Session, scene: Scene, first: int) -> Page:
    """Read beside the writer: there may be thousands. Raises not_operator."""
    _require_operator(scene)
    found = scene.desk.campaigns.listed(session, scene.now)
    some = found[first : first + LONG]
    if not some:
        return scene.words.text("campaigns_none"), keyboard()
    lines = [_told(scene, "campaign_line", line, line.last) for line in some]
    rows = [[scene.desk.buttons.button(line.key[:40], "cp", line.id)] for line in some]
    more = [scene.button("b_campaign_more", "cl", first + LONG)] if len(found) > first + LONG else []
    return scene.words.text("campaigns_list", lines=lines), keyboard(*rows, more)


def _opened(session: Session, who: Who, scene: Scene, tap: Tap) -> None:
    line = _campaign(session, scene, tap.id)
    if tap.arg == "sure":
        sure = scene.button("b_campaign_run_sure", "ca", line.id, f"r{_last(session, scene, line)}")
        page: Page = scene.words.text("campaign_run_sure", line=line), keyboard([sure], [_back(scene, line)])
    else:
        page = _page(session, scene, line)
    show_anew(session, who, tap.message_id, *page)


def _acted(session: Session, who: Who, scene: Scene, tap: Tap) -> str:
    line, desk, told = _campaign(session, scene, tap.id), scene.desk.campaigns, ""
    if tap.arg == "pause":
        desk.pause(session, line.id, who.now)
        told = scene.words.say("campaign_paused")
    elif tap.arg == "resume":
        desk.resume(session, line.id, who.now)
        told = scene.words.say("campaign_resumed")
    elif tap.arg == _skip(line):
        told = scene.words.here(zone=line.zone).say("campaign_skipped", slot=desk.skip_next(session, line.id, who.now))
    elif tap.arg == f"r{_last(session, scene, line)}":
        desk.run_now(session, line.id, who.now)
        told = scene.words.say("campaign_started")
    if not told:
        raise DomainError("old_button")
    show_anew(session, who, tap.message_id, *_page(session, scene, _campaign(session, scene, tap.id)))
    return told


def _ran(session: Session, who: Who, scene: Scene, tap: Tap) -> str | None:
    """The block of what the tap is answered with."""
    desk, line = scene.desk.campaigns, _run(session, who, scene, tap.id)
    acts = {
        "pause": (desk.pause_run, "run_paused"), "resume": (desk.resume_run, "run_resumed"),
        "cancel": (desk.cancel_run, "run_cancelled"),
    }  # fmt: skip
    act, told = acts.get(tap.arg or "", (None, None))
    if act is None and tap.arg not in {None, "look"}:
        raise DomainError("old_button")
    if act is not None:
        act(session, line.id, who.now)
    run_pages.show(session, who.person_id, tap.message_id, line.id, who.now)
    return told


def _page(session: Session, scene: Scene, line: CampaignLine) -> Page:
    runs = scene.desk.campaigns.runs(session, line.id, RUNS)
    told = [_told(scene, "campaign_run", line, found) for found in runs]
    html = scene.words.here(zone=line.zone).text("campaign_page", line=line, runs=told)
    turn = "resume" if line.paused else "pause"
    going = scene.button(f"b_campaign_{turn}", "ca", line.id, turn)
    skip = [scene.button("b_campaign_skip", "ca", line.id, _skip(line))] if line.next_at is not None and not line.paused else []
    last = [scene.button("b_campaign_last", "crun", runs[0].id)] if runs else []
    now = scene.button("b_campaign_run", "cp", line.id, "sure")
    return html, keyboard([going, now], [*skip, *last], [scene.button("b_campaign_list", "cl", 0)])


def _told(scene: Scene, block: str, line: CampaignLine, run: RunLine | None) -> str:
    return scene.words.here(zone=line.zone).text(block, line=line, run=run, state=str(run.state) if run else "")


def _campaign(session: Session, scene: Scene, campaign_id: int) -> CampaignLine:
    """Raises not_operator, gone."""
    _require_operator(scene)
    return scene.desk.campaigns.one(session, campaign_id)


def _run(session: Session, who: Who, scene: Scene, run_id: int) -> RunLine:
    """Raises not_operator, gone."""
    line = scene.desk.campaigns.run(session, run_id)
    own = line.by is not None and line.shop_id is not None and shops.owns(session, line.shop_id, who.person_id)
    if not own:
        _require_operator(scene)
    return line


def _last(session: Session, scene: Scene, line: CampaignLine) -> int:
    """The number of its last run; 0 before the first."""
    found = scene.desk.campaigns.runs(session, line.id, 1)
    return found[0].id if found else 0


def _skip(line: CampaignLine) -> str:
    """The slot that a button skips, so that a second tap does not skip the one behind it."""
    return f"s{int(line.next_at.timestamp())}" if line.next_at is not None else "s"


def _back(scene: Scene, line: CampaignLine) -> Button:
    return scene.button("b_quiet_back", "cp", line.id)


def _require_operator(scene: Scene) -> None:
    if not scene.operates:
        raise DomainError("not_operator")
