"""Photos, documents and other files: uploaded, by id or by address; alone and as albums."""

from typing import Any

from sandbox import sending, uploads
from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.errors import bad_request


def plain(call: Call, kind: str, *names: str) -> Json:
    """One media message; `names` are parameters that describe the file (duration, performer …)."""
    chat = call.chat()
    about = {name: call.args[name] for name in names if name in call.args}
    content: Json = {kind: uploads.media(call, call.get(kind), kind, kind, about)}
    if kind == "animation":
        content["document"] = uploads.as_document(content[kind])
    content |= sending.caption_fields(call)
    if call.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return sending.send(call, chat, content, kind)


@method("sendPhoto")
def send_photo(call: Call) -> Json:
    return plain(call, "photo")


@method("sendDocument")
def send_document(call: Call) -> Json:
    return plain(call, "document")


@method("sendAudio")
def send_audio(call: Call) -> Json:
    return plain(call, "audio", "duration", "performer", "title")


@method("sendVideo")
def send_video(call: Call) -> Json:
    return plain(call, "video", "duration", "width", "height", "start_timestamp")


@method("sendAnimation")
def send_animation(call: Call) -> Json:
    return plain(call, "animation", "duration", "width", "height")


@method("sendLivePhoto")
def send_live_photo(call: Call) -> Json:
    uploads.stored(call, call.get("photo"), "photo", "photo")
    return plain(call, "live_photo")


@method("sendVoice")
def send_voice(call: Call) -> Json:
    return plain(call, "voice", "duration")


@method("sendVideoNote")
def send_video_note(call: Call) -> Json:
    return plain(call, "video_note", "duration", "length")


def check_album(items: list[Json]) -> None:
    kinds = {item["type"] for item in items}
    if len(kinds) > 1 and kinds & {"document", "audio"}:
        raise bad_request(
            "document can't be mixed with other media types"
            if "document" in kinds
            else "audio can't be mixed with other media types"
        )


def album_item(call: Call, item: Json) -> Json:
    """The content of one message of an album."""
    content = uploads.from_input_media(call, item)
    inner = Call(call.world, call.bot, call.method, item, call.uploads)
    content |= sending.caption_fields(inner)
    if item.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


@method("sendMediaGroup")
def send_media_group(call: Call) -> list[Json]:
    chat = call.chat()
    items: list[dict[str, Any]] = call.args["media"]
    check_album(items)
    contents = [album_item(call, item) for item in items]
    sending.check_right(call, chat, items[0]["type"])
    call.spend(chat, len(items))
    group = str(call.world.chance.randrange(10**16, 10**17))
    return [
        sending.send(call, chat, {"media_group_id": group, **content}, item["type"], paid=True)
        for item, content in zip(items, contents, strict=True)
    ]
