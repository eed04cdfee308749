"""Polls and quizzes."""

from dataclasses import dataclass

from sandbox import keyboards, polls, sending, uploads, views
from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.entities import formatted
from sandbox.entities.units import units
from sandbox.errors import bad_request

MOST = 12
LONGEST = 2_628_000


@dataclass(frozen=True, slots=True)
class Words:
    """A text of a poll: the parameter it comes in, how long it may be, what is said where it is missing or too long."""

    name: str
    most: int
    empty: str
    long: str

    def read(self, call: Call, given: Json) -> Json:
        """The text and its entities under the names the platform gives them; nothing where there is no text."""
        name = self.name
        text, found = formatted(
            given.get(name) or "", given.get(f"{name}_parse_mode"), given.get(f"{name}_entities"), call.world.user
        )
        if not text and self.empty:
            raise bad_request(self.empty)
        if units(text) > self.most:
            raise bad_request(self.long)
        return {name: text, **({f"{name}_entities": found} if found else {})} if text else {}


QUESTION = Words("question", 300, "poll question must be non-empty", "poll question length must not exceed 300")
OPTION = Words("text", 100, "poll options must be non-empty", "poll options length must not exceed 100")
EXPLANATION = Words("explanation", 200, "", "explanation is too long")
DESCRIPTION = Words("description", 1024, "", "poll description is too long")


def option(call: Call, number: int, given: Json) -> Json:
    seen = {"media": media(call, given["media"])} if given.get("media") else {}
    return {"persistent_id": str(number), **OPTION.read(call, given), **seen, "voter_count": 0}


def media(call: Call, given: Json) -> Json:
    """What stands beside a question, an option or an explanation."""
    if given["type"] in ("location", "venue", "link"):
        place = {name: value for name, value in given.items() if name != "type"}
        if given["type"] == "venue":
            here = {"latitude": place.pop("latitude"), "longitude": place.pop("longitude")}
            place["location"] = here
        return {given["type"]: place}
    return uploads.from_input_media(call, given)


def quiz(call: Call, count: int) -> Json:
    """What a quiz has beside a poll: the right options and an explanation."""
    right = call.get("correct_option_ids")
    if right is None and "correct_option_id" in call.args:
        right = [int(call.args["correct_option_id"])]
    if not right or any(not 0 <= number < count for number in right):
        raise bad_request("wrong correct option ID specified")
    made: Json = {"correct_option_ids": sorted(set(right)), **EXPLANATION.read(call, call.args)}
    if call.get("explanation_media"):
        made["explanation_media"] = media(call, call.args["explanation_media"])
    return made


def until(call: Call) -> Json:
    period, date = call.get("open_period", 0), call.get("close_date", 0)
    if period and date:
        raise bad_request("close_date and open_period can't be specified simultaneously")
    if period and not 5 <= period <= LONGEST:
        raise bad_request("open period must be between 5 and 2628000 seconds")
    if date and not 5 <= date - call.world.now() + 5 <= LONGEST:
        raise bad_request("poll close date must be 5 to 2628000 seconds in the future")
    return (
        {"open_period": period, "close_date": call.world.stamp() + period}
        if period
        else {"close_date": date}
        if date
        else {}
    )


def new_poll(call: Call) -> Json:
    kind = call.get("type") or "regular"
    if kind not in ("regular", "quiz"):
        raise bad_request("unsupported poll type specified")
    options = [option(call, number, given) for number, given in enumerate(call.args["options"])]
    return {
        "id": str(call.world.chance.randrange(10**17, 10**18)),
        **QUESTION.read(call, call.args),
        "options": options,
        "total_voter_count": 0,
        "is_closed": bool(call.get("is_closed")),
        "is_anonymous": call.get("is_anonymous", True),
        "type": kind,
        "allows_multiple_answers": bool(call.get("allows_multiple_answers")),
        "allows_revoting": call.get("allows_revoting", kind == "regular"),
        "members_only": bool(call.get("members_only")),
        **until(call),
        **DESCRIPTION.read(call, call.args),
        **({"media": media(call, call.args["media"])} if call.get("media") else {}),
        **(quiz(call, len(options)) if kind == "quiz" else {}),
    }


@method("sendPoll")
def send_poll(call: Call) -> Json:
    chat = call.chat()
    poll = new_poll(call)
    if chat.kind == "channel" and not poll["is_anonymous"]:
        raise bad_request("non-anonymous polls can't be sent to channel chats")
    sent = sending.send(call, chat, {"poll": poll}, "poll")
    call.world.polls[poll["id"]] = (chat, sent["message_id"])
    polls.close_in_time(call.world, poll["id"])
    return sent


@method("stopPoll")
def stop_poll(call: Call) -> Json:
    chat = call.chat()
    found = call.post(chat, "message with poll to stop not found")
    if "poll" not in found.body:
        raise bad_request("message is not a poll")
    if found.author != call.bot.id:
        raise bad_request("poll can't be stopped")
    if found.body["poll"]["is_closed"]:
        raise bad_request("poll has already been closed")
    markup = call.get("reply_markup")
    keyboard = keyboards.inline(markup, "poll", chat.kind == "private") if markup else None
    call.spend(chat)
    found.body = {
        **{k: v for k, v in found.body.items() if k != "reply_markup"},
        **({"reply_markup": keyboard} if keyboard else {}),
    }
    polls.close(call.world, chat, found)
    shown: Json = views.with_ids(call.world, found.body["poll"], call.bot.id)
    return shown
