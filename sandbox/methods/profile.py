"""What a bot says of itself: commands by scope and language, name, descriptions, menu button, default rights."""

import re

from sandbox import uploads
from sandbox.call import Call, method
from sandbox.chats import Chat, Json
from sandbox.errors import bad_request
from sandbox.people import Bot
from sandbox.rights import rights_of

LANGUAGE = re.compile(r"[a-z]{2}\Z")
COMMAND = re.compile(r"/?[a-z0-9_]{1,32}\Z")


def language(call: Call) -> str:
    code: str = call.get("language_code") or ""
    if code and not LANGUAGE.match(code):
        raise bad_request("LANGUAGE_CODE_INVALID" if len(code) > 2 else "invalid language code specified")
    return code


def scope_key(call: Call) -> str:
    """A scope as one word; scopes of a chat hold its number."""
    scope: Json = call.get("scope") or {"type": "default"}
    kind: str = scope["type"]
    if "chat_id" not in scope:
        return kind
    chat = call.world.chat_for(call.bot, scope["chat_id"])
    if kind == "chat_administrators" and not chat.is_group:
        raise bad_request("can't set commands for chat administrators in private and channel chats")
    if "user_id" in scope:
        if scope["user_id"] not in call.world.people:
            raise bad_request("user not found")
        return f"{kind}:{chat.id}:{scope['user_id']}"
    return f"{kind}:{chat.id}"


@method("setMyCommands")
def set_my_commands(call: Call) -> bool:
    commands: list[Json] = call.args["commands"]
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    made = []
    for command in commands:
        name, described = command["command"].strip(), command["description"].strip()
        if not COMMAND.match(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not described:
            raise bad_request("command description must be non-empty")
        made.append({**command, "command": name.removeprefix("/"), "description": described})
    key = (scope_key(call), language(call))
    if made:
        call.bot.commands[key] = made
    else:
        call.bot.commands.pop(key, None)
    call.world.events.add("commands", 0, {"bot_id": call.bot.id})
    return True


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop((scope_key(call), language(call)), None)
    call.world.events.add("commands", 0, {"bot_id": call.bot.id})
    return True


@method("getMyCommands")
def get_my_commands(call: Call) -> list[Json]:
    return call.bot.commands.get((scope_key(call), language(call)), [])


def menu(bot: Bot, chat: Chat, person: int, code: str) -> list[Json]:
    """The commands a person sees in a chat: the narrowest scope that has any, their language before none."""
    if chat.kind == "private":
        scopes = [f"chat:{person}", "all_private_chats", "default"]
    else:
        rules = chat.member(person).rules
        scopes = [
            f"chat_member:{chat.id}:{person}",
            *([f"chat_administrators:{chat.id}"] if rules else []),
            f"chat:{chat.id}",
            *(["all_chat_administrators"] if rules else []),
            "all_group_chats",
            "default",
        ]
    for scope in scopes:
        for spoken in (code[:2], ""):
            if found := bot.commands.get((scope, spoken)):
                return found
    return []


@method("setMyName")
def set_my_name(call: Call) -> bool:
    code, name = language(call), call.get("name", "")
    if name:
        call.bot.names[code] = name
    else:
        call.bot.names.pop(code, None)
    if not code and name:
        call.bot.first_name = name
    return True


@method("getMyName")
def get_my_name(call: Call) -> Json:
    return {"name": call.bot.names.get(language(call)) or call.bot.names.get("") or call.bot.first_name}


@method("setMyDescription")
def set_my_description(call: Call) -> bool:
    call.bot.descriptions[language(call)] = call.get("description", "")
    return True


@method("getMyDescription")
def get_my_description(call: Call) -> Json:
    return {"description": call.bot.descriptions.get(language(call)) or call.bot.descriptions.get("", "")}


@method("setMyShortDescription")
def set_my_short_description(call: Call) -> bool:
    call.bot.short_descriptions[language(call)] = call.get("short_description", "")
    return True


@method("getMyShortDescription")
def get_my_short_description(call: Call) -> Json:
    return {
        "short_description": call.bot.short_descriptions.get(language(call)) or call.bot.short_descriptions.get("", "")
    }


@method("setMyProfilePhoto")
def set_profile_photo(call: Call) -> bool:
    given = call.args["photo"]
    field, kind = ("photo", "photo") if given["type"] == "static" else ("animation", "animation")
    call.bot.photos.insert(0, uploads.stored(call, given[field], "", kind).unique)
    return True


@method("removeMyProfilePhoto")
def remove_profile_photo(call: Call) -> bool:
    call.bot.photos.clear()
    return True


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> bool:
    number: int = call.get("chat_id", 0)
    if number and number not in call.world.people:
        raise bad_request("chat not found")
    button: Json = call.get("menu_button") or {"type": "default"}
    if button["type"] == "web_app" and not button["web_app"]["url"].startswith("https://"):
        raise bad_request("menu button Web App URL is invalid: Only HTTPS links are allowed")
    call.bot.menus[number] = button
    return True


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> Json:
    number: int = call.get("chat_id", 0)
    return call.bot.menus.get(number) or call.bot.menus.get(0) or {"type": "commands"}


@method("setMyDefaultAdministratorRights")
def set_default_rights(call: Call) -> bool:
    call.bot.default_rights[bool(call.get("for_channels"))] = call.get("rights") or {}
    return True


@method("getMyDefaultAdministratorRights")
def get_default_rights(call: Call) -> Json:
    channels = bool(call.get("for_channels"))
    held = call.bot.default_rights.get(channels, {})
    names = rights_of("channel" if channels else "supergroup")
    return {
        "is_anonymous": not channels and held.get("is_anonymous", False),
        **{name: held.get(name, False) for name in names},
    }
