"""Keyboards under messages: what a bot may put there, and which of it stays with the message."""

import re
from typing import Any

from sandbox.chats import Chat, Json
from sandbox.entities.links import http_url
from sandbox.errors import bad_request

MOST, ROW = 100, 8
ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
STYLES = ("danger", "success", "primary")


def inline(markup: Json, kind: str = "text", private: bool = True) -> Json | None:
    """An inline keyboard as the message keeps it: empty rows gone; nothing where no button is left."""
    rows = [
        [button(b, kind, i == j == 0, private) for j, b in enumerate(row)]
        for i, row in enumerate(markup["inline_keyboard"])
        if row
    ]
    if sum(map(len, rows)) > MOST or any(len(row) > ROW for row in rows):
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def button(given: Json, kind: str, first: bool, private: bool) -> Json:
    text = given["text"].strip()
    if not text:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            if not any(name in given for name in ACTIONS)
            else "BUTTON_TEXT_INVALID"
        )
    chosen = [name for name in ACTIONS if name in given and (name != "pay" or given[name])]
    if not chosen:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(chosen) > 1:
        raise bad_request(
            "can't parse inline keyboard button: exactly one of the optional fields must be used to specify type of the button"
        )
    if given.get("style", "primary") not in STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    made = {**given, "text": text}
    check_action(chosen[0], made, kind, first, private)
    return made


def check_action(name: str, made: Json, kind: str, first: bool, private: bool) -> None:
    value: Any = made[name]
    if name == "callback_data" and not 1 <= len(value.encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if name == "url":
        made["url"] = button_url(value)
    elif name == "web_app":
        if not private:
            raise bad_request("BUTTON_TYPE_INVALID")
        secure(value["url"], "Web App")
    elif name == "login_url":
        secure(value["url"], "login")
    elif name == "pay" and (kind != "invoice" or not first):
        raise bad_request("BUTTON_TYPE_INVALID" if kind != "invoice" else "BUTTON_POS_INVALID")
    elif name == "callback_game" and (kind != "game" or not first):
        raise bad_request("BUTTON_TYPE_INVALID" if kind != "game" else "BUTTON_POS_INVALID")
    elif name == "copy_text" and not 1 <= len(value["text"]) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def button_url(url: str) -> str:
    if re.match(r"tg://user\?id=\d+\Z", url):
        return url
    kept = http_url(url)
    if kept is None:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return kept


def secure(url: str, what: str) -> None:
    kept = http_url(url)
    if kept is None or not kept.startswith("https://"):
        raise bad_request(f"inline keyboard button {what} URL '{url}' is invalid: Only HTTPS links are allowed")


def read(markup: Json | None, chat: Chat, kind: str) -> tuple[Json | None, Json | None]:
    """What a reply_markup leaves: the inline keyboard of the message, and the keyboard under people's input field."""
    if markup is None:
        return None, None
    if "inline_keyboard" in markup:
        return inline(markup, kind, chat.kind == "private"), None
    if chat.kind == "channel":
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        check_replies(markup, chat)
    return None, markup


def check_replies(markup: Json, chat: Chat) -> None:
    rows = markup["keyboard"]
    if sum(map(len, rows)) > 300 or any(len(row) > 12 for row in rows):
        raise bad_request("reply markup is too long")
    if not any(rows):
        raise bad_request("reply keyboard must be non-empty")
    for key in (key for row in rows for key in row):
        if not key["text"].strip():
            raise bad_request("keyboard button text must be non-empty")
        requests = [name for name in key if name.startswith("request_") or name == "web_app"]
        if len(requests) > 1:
            raise bad_request(
                "can't parse keyboard button: exactly one of the optional fields must be used to specify type of the button"
            )
        if requests and chat.kind != "private":
            words = {"request_contact": "phone number", "request_location": "location", "request_poll": "poll"}.get(
                requests[0]
            )
            raise bad_request(f"{words} can be requested in private chats only" if words else "BUTTON_TYPE_INVALID")
