"""Messages that are neither text nor files: places, contacts, dice, drafts, rich messages."""

from sandbox import keyboards, posting, sending
from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.errors import bad_request
from sandbox.methods.editing import inline_edit, replace, target

DICE = {"🎲": 6, "🎯": 6, "🏀": 5, "⚽": 5, "🎳": 6, "🎰": 64}
FOREVER = 0x7FFFFFFF


def place(call: Call) -> Json:
    latitude, longitude = call.args["latitude"], call.args["longitude"]
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise bad_request("wrong location specified" if call.method != "sendLocation" else "invalid location specified")
    made: Json = {"latitude": latitude, "longitude": longitude}
    made |= {
        name: call.args[name]
        for name in ("horizontal_accuracy", "live_period", "heading", "proximity_alert_radius")
        if call.get(name)
    }
    return made


@method("sendLocation")
def send_location(call: Call) -> Json:
    return sending.send(
        call,
        call.chat(),
        {"location": place(call)},
        "location",
        {"live_until": call.world.now() + call.get("live_period", 0)},
    )


@method("editMessageLiveLocation")
def edit_live_location(call: Call) -> Json | bool:
    aimed = target(call)
    if aimed is None:
        return inline_edit(call, {"location": place(call)})
    chat, found = aimed
    if (
        found.body.get("location", {}).get("live_period", 0) == 0
        or found.business.get("live_until", 0) < call.world.now()
    ):
        raise bad_request("message can't be edited")
    moved = {**place(call), "live_period": call.get("live_period") or found.body["location"]["live_period"]}
    return replace(call, chat, found, {"location": moved}, markup(call), drop=("location",))


@method("stopMessageLiveLocation")
def stop_live_location(call: Call) -> Json | bool:
    aimed = target(call)
    if aimed is None:
        return inline_edit(call, {})
    chat, found = aimed
    here = found.body.get("location", {})
    if "live_period" not in here:
        raise bad_request("message can't be edited")
    stopped = {name: here[name] for name in ("latitude", "longitude", "horizontal_accuracy") if name in here}
    return replace(call, chat, found, {"location": stopped}, markup(call), drop=("location",))


def markup(call: Call) -> Json | None:
    given = call.get("reply_markup")
    return keyboards.inline(given) if given else None


@method("sendVenue")
def send_venue(call: Call) -> Json:
    named = {
        name: call.args[name]
        for name in ("title", "address", "foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
        if call.get(name)
    }
    here = place(call)
    return sending.send(call, call.chat(), {"venue": {"location": here, **named}, "location": here}, "venue")


@method("sendContact")
def send_contact(call: Call) -> Json:
    contact = {name: call.args[name] for name in ("phone_number", "first_name", "last_name", "vcard") if call.get(name)}
    return sending.send(call, call.chat(), {"contact": contact}, "contact")


@method("sendDice")
def send_dice(call: Call) -> Json:
    emoji = (call.get("emoji") or "🎲").replace("\ufe0f", "")
    if emoji not in DICE:
        raise bad_request("wrong dice emoji specified" if emoji else "invalid emoji")
    return sending.send(
        call, call.chat(), {"dice": {"emoji": emoji, "value": call.world.chance.randint(1, DICE[emoji])}}, "dice"
    )


@method("sendMessageDraft", "sendRichMessageDraft")
def send_draft(call: Call) -> bool:
    chat = call.chat()
    if chat.kind != "private" or call.args["draft_id"] == 0:
        raise bad_request(
            "DRAFT_ID_INVALID" if chat.kind == "private" else "message drafts can be sent only to private chats"
        )
    text = call.text("text", 4096, "message is too long")[0] if call.method == "sendMessageDraft" else ""
    posting.event(call.world, chat, "typing", {"who": call.bot.id, "action": "typing", "draft": text})
    return True


@method("sendRichMessage")
def send_rich(call: Call) -> Json:
    """A rich message; formatted source is kept as one paragraph of text."""
    given = call.args["rich_message"]
    forms = [name for name in ("blocks", "html", "markdown") if given.get(name)]
    if len(forms) != 1:
        raise bad_request("exactly one of the fields blocks, html and markdown must be used")
    blocks = given.get("blocks") or [{"type": "paragraph", "text": given[forms[0]]}]
    return sending.send(
        call,
        call.chat(),
        {"rich_message": {"blocks": blocks, **({"is_rtl": True} if given.get("is_rtl") else {})}},
        "rich_message",
    )
