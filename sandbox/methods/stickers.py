"""Stickers and sets of them, kept only as far as bots that use them can be played."""

import re
from typing import Any

from sandbox import sending, uploads
from sandbox.call import Call, method
from sandbox.chats import Json
from sandbox.errors import bad_request
from sandbox.files import File

NAME = re.compile(r"[A-Za-z](?!.*__)\w{0,63}\Z", re.ASCII)
FORMATS = ("static", "animated", "video")


def sets(call: Call) -> dict[str, Json]:
    found: dict[str, Json] = call.world.kept.setdefault("stickers", {})
    return found


def set_of(call: Call, own: bool = True) -> Json:
    found = sets(call).get(call.args["name"].lower())
    if found is None or (own and found["owner"] != call.bot.id):
        raise bad_request("STICKERSET_INVALID")
    return found


def shown(call: Call, sticker: Json, name: str, kind: str) -> Json:
    file: File = sticker["file"]
    made: Json = {
        "file_id": call.world.files.id_for(file, call.bot.id),
        "file_unique_id": file.unique,
        "type": kind,
        "width": 512,
        "height": 512,
        "is_animated": sticker["format"] == "animated",
        "is_video": sticker["format"] == "video",
        "emoji": sticker["emoji"][0],
        "set_name": name,
        "file_size": len(file.content),
    }
    return made | ({"custom_emoji_id": sticker["custom_emoji_id"]} if "custom_emoji_id" in sticker else {})


@method("sendSticker")
def send_sticker(call: Call) -> Json:
    chat = call.chat()
    file = uploads.stored(call, call.get("sticker"), "sticker", "sticker")
    for found in sets(call).values():
        for sticker in found["stickers"]:
            if sticker["file"] is file:
                return sending.send(
                    call, chat, {"sticker": shown(call, sticker, found["name"], found["type"])}, "sticker"
                )
    made: Json = {
        "file_id": call.world.files.id_for(file, call.bot.id),
        "file_unique_id": file.unique,
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": file.name.endswith(".tgs"),
        "is_video": file.name.endswith(".webm"),
        "file_size": len(file.content),
    }
    return sending.send(
        call, chat, {"sticker": made | ({"emoji": call.args["emoji"]} if call.get("emoji") else {})}, "sticker"
    )


def read_sticker(call: Call, given: Json) -> Json:
    if given["format"] not in FORMATS:
        raise bad_request("invalid sticker format specified")
    if not given["emoji_list"] or len(given["emoji_list"]) > 20:
        raise bad_request("STICKER_EMOJI_INVALID")
    file = uploads.stored(call, given["sticker"], "", "sticker")
    return {
        "file": file,
        "format": given["format"],
        "emoji": given["emoji_list"],
        "keywords": given.get("keywords") or [],
    }


@method("uploadStickerFile")
def upload_sticker(call: Call) -> Json:
    call.person()
    if call.args["sticker_format"] not in FORMATS:
        raise bad_request("invalid sticker format specified")
    file = uploads.stored(call, call.get("sticker"), "sticker", "sticker")
    return {
        "file_id": call.world.files.id_for(file, call.bot.id),
        "file_unique_id": file.unique,
        "file_size": len(file.content),
    }


@method("createNewStickerSet")
def create_set(call: Call) -> bool:
    call.person()
    name = call.args["name"]
    if not NAME.match(name) or not name.lower().endswith(f"_by_{call.bot.username}".lower()):
        raise bad_request("invalid sticker set name is specified")
    if name.lower() in sets(call):
        raise bad_request("sticker set name is already occupied")
    kind = call.get("sticker_type") or "regular"
    if kind not in ("regular", "mask", "custom_emoji"):
        raise bad_request("invalid sticker type specified")
    made = [read_sticker(call, item) for item in call.args["stickers"]]
    if kind == "custom_emoji":
        for sticker in made:
            sticker["custom_emoji_id"] = str(call.world.chance.randrange(10**17, 10**18))
    sets(call)[name.lower()] = {
        "name": name,
        "title": call.args["title"],
        "type": kind,
        "owner": call.bot.id,
        "stickers": made,
    }
    return True


@method("getStickerSet")
def get_set(call: Call) -> Json:
    found = set_of(call, own=False)
    return {
        "name": found["name"],
        "title": found["title"],
        "sticker_type": found["type"],
        "stickers": [shown(call, sticker, found["name"], found["type"]) for sticker in found["stickers"]],
    }


@method("getCustomEmojiStickers")
def custom_emoji(call: Call) -> list[Json]:
    wanted = call.args["custom_emoji_ids"]
    if len(wanted) > 200:
        raise bad_request("too many custom emoji identifiers specified")
    return [
        shown(call, s, found["name"], found["type"])
        for found in sets(call).values()
        for s in found["stickers"]
        if s.get("custom_emoji_id") in wanted
    ]


@method("addStickerToSet")
def add_sticker(call: Call) -> bool:
    found = set_of(call)
    if len(found["stickers"]) >= 120:
        raise bad_request("STICKERS_TOO_MUCH")
    found["stickers"].append(read_sticker(call, call.args["sticker"]))
    return True


def one(call: Call, name: str = "sticker") -> tuple[list[Any], int]:
    """The list a sticker stands in, and where."""
    file = call.world.files.find(call.args[name], call.bot.id)
    for found in sets(call).values():
        for place, sticker in enumerate(found["stickers"]):
            if sticker["file"] is file and found["owner"] == call.bot.id:
                return found["stickers"], place
    raise bad_request("STICKER_INVALID" if file else "wrong file identifier specified")


@method("setStickerPositionInSet")
def move_sticker(call: Call) -> bool:
    held, place = one(call)
    if not 0 <= call.args["position"] < len(held):
        raise bad_request("invalid position specified")
    held.insert(call.args["position"], held.pop(place))
    return True


@method("deleteStickerFromSet")
def drop_sticker(call: Call) -> bool:
    held, place = one(call)
    del held[place]
    return True


@method("replaceStickerInSet")
def replace_sticker(call: Call) -> bool:
    set_of(call)
    held, place = one(call, "old_sticker")
    held[place] = read_sticker(call, call.args["sticker"])
    return True


@method("setStickerEmojiList")
def emoji_list(call: Call) -> bool:
    held, place = one(call)
    held[place]["emoji"] = call.args["emoji_list"]
    return True


@method("setStickerKeywords", "setStickerMaskPosition")
def sticker_details(call: Call) -> bool:
    held, place = one(call)
    held[place]["keywords"] = call.get("keywords") or []
    return True


@method("setStickerSetTitle")
def set_title(call: Call) -> bool:
    set_of(call)["title"] = call.args["title"]
    return True


@method("setStickerSetThumbnail", "setCustomEmojiStickerSetThumbnail")
def set_thumbnail(call: Call) -> bool:
    set_of(call)
    return True


@method("deleteStickerSet")
def delete_set(call: Call) -> bool:
    set_of(call)
    del sets(call)[call.args["name"].lower()]
    return True
