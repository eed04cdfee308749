"""Inline mode: results for who types a bot's name, and results kept for later."""

from sandbox import keyboards, uploads
from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.entities import formatted
from sandbox.entities.units import units
from sandbox.errors import bad_request
from sandbox.payments import read

MOST = 50
CACHED = {
    "photo_file_id": "photo",
    "gif_file_id": "animation",
    "mpeg4_file_id": "animation",
    "sticker_file_id": "sticker",
    "document_file_id": "document",
    "video_file_id": "video",
    "voice_file_id": "voice",
    "audio_file_id": "audio",
}
LINKED = ("photo_url", "gif_url", "mpeg4_url", "video_url", "audio_url", "voice_url", "document_url")


def text_content(call: Call, given: Json) -> Json:
    text, entities = formatted(given["message_text"], given.get("parse_mode"), given.get("entities"), call.world.user)
    if not text or units(text) > 4096:
        raise bad_request("message text is empty" if not text else "message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def written(call: Call, content: Json) -> Json:
    """The message an InputMessageContent stands for."""
    if "message_text" in content:
        return text_content(call, content)
    if "phone_number" in content:
        return {"contact": {k: v for k, v in content.items() if k != "parse_mode"}}
    if "prices" in content:
        invoice = read(call.bot.id, content)
        return {
            "invoice": {
                "title": invoice.title,
                "description": invoice.description,
                "start_parameter": "",
                "currency": invoice.currency,
                "total_amount": invoice.total,
            }
        }
    if "address" in content:
        here = {"latitude": content["latitude"], "longitude": content["longitude"]}
        return {"venue": {"location": here, "title": content["title"], "address": content["address"]}, "location": here}
    if "latitude" in content:
        return {
            "location": {
                k: v
                for k, v in content.items()
                if k in ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading")
            }
        }
    return {"rich_message": {"blocks": content.get("rich_message", {}).get("blocks", [])}}


def described(call: Call, result: Json) -> Json:
    """The message a result without content of its own stands for."""
    for name, kind in CACHED.items():
        if name in result:
            content: Json = {kind: uploads.media(call, result[name], "", kind, {})}
            return content | captioned(call, result)
    for name in LINKED:
        if name in result:  # no address is ever fetched: the page shows a link
            return {
                "text": result.get("caption") or result.get("title") or result[name],
                "link_preview_options": {"url": result[name]},
            }
    if "phone_number" in result or "latitude" in result:
        return written(call, result)
    if result["type"] == "game":
        return {"game": {"title": result["game_short_name"], "description": "", "photo": []}}
    raise bad_request("can't parse inline query result: Can't find field \"input_message_content\"")


def captioned(call: Call, result: Json) -> Json:
    if not result.get("caption"):
        return {}
    text, entities = formatted(
        result["caption"], result.get("parse_mode"), result.get("caption_entities"), call.world.user
    )
    if units(text) > 1024:
        raise bad_request("message caption is too long")
    return {"caption": text, **({"caption_entities": entities} if entities else {})}


def prepared(call: Call, result: Json) -> Json:
    """A result with the message it would become, checked."""
    if not 1 <= len(result["id"].encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    content = result.get("input_message_content")
    message = written(call, content) if content else described(call, result)
    if "reply_markup" in result:
        kind = "invoice" if "invoice" in message else "game" if "game" in message else "text"
        keyboard = keyboards.inline(result["reply_markup"], kind, private=False)
        if keyboard:
            message["reply_markup"] = keyboard
    return {"result": result, "message": message}


@method("answerInlineQuery")
def answer_inline_query(call: Call) -> bool:
    query = call.world.queries.find(call.args["inline_query_id"], "inline", call.bot.id)
    results: list[Json] = call.args["results"]
    if len(results) > MOST:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(call.get("next_offset", "").encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    made = [prepared(call, result) for result in results]
    if len({result["id"] for result in results}) != len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    call.world.queries.give(
        query, {"results": made, "next_offset": call.get("next_offset", ""), "button": call.get("button")}
    )
    return True


@method("savePreparedInlineMessage")
def save_prepared(call: Call) -> Json:
    call.person()
    made = prepared(call, call.args["result"])
    number = call.world.code(20)
    call.world.kept.setdefault("prepared", {})[number] = made
    return {"id": number, "expiration_date": call.world.stamp() + 3600}


@method("savePreparedKeyboardButton")
def save_prepared_button(call: Call) -> Json:
    call.person()
    return {"id": call.world.code(20)}


@method("answerWebAppQuery")
def answer_web_app(call: Call) -> Json:
    call.world.queries.find(call.args["web_app_query_id"], "webapp", call.bot.id)
    prepared(call, call.args["result"])
    return {"inline_message_id": call.world.code(20)}


@method("answerGuestQuery")
def answer_guest(call: Call) -> Json:
    call.world.queries.find(call.args["guest_query_id"], "guest", call.bot.id)
    prepared(call, call.args["result"])
    return {"inline_message_id": call.world.code(20)}
