"""Holds a call's parameters against the specification: one precompiled check for each parameter of each method.

Values arrive as strings (forms, multipart, query) or as JSON. A string where a number, an object or a list is due is read
as such, as the platform does. A parameter or field whose name the specification has nowhere is refused, because a misspelt
name is a mistake one wants to hear about; one that it has elsewhere (clients pass their default parse_mode to every method)
is passed over, as the platform passes over both. A required boolean inside an object that is absent is false. Lengths
that count after entities are left to the entity parser.
"""

import json
import re
from functools import cache
from typing import Any

from sandbox.errors import ApiError, bad_request
from sandbox.scalars import SCALARS, Check, WrongError, integer_or_string, size_of
from sandbox.spec import Field, Limit, load

MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "from_chat_id": "from_chat_id is empty",
    "user_id": "invalid user_id specified",
    "file_id": "invalid file_id",
    "title": "title must be non-empty",
    "media": "media must be non-empty",
    **{
        kind: f"there is no {kind.replace('_', ' ')} in the request"
        for kind in ("photo", "audio", "document", "video", "animation", "voice", "video_note", "sticker", "live_photo")
    },
}
LABELS = {
    "entities": "entities",
    "caption_entities": "caption entities",
    "media": "InputMedia",
    "commands": "list of commands",
    "scope": "BotCommandScope",
    "permissions": "permissions",
    "prices": "prices",
    "results": "inline query results",
    "reply_markup": "reply keyboard markup",
    "reaction": "reaction types",
    "options": "poll options",
}
TYPE_LABELS = {
    "InlineKeyboardButton": "inline keyboard button",
    "KeyboardButton": "keyboard button",
    "MessageEntity": "MessageEntity",
    "ReplyParameters": "reply parameters",
    "BotCommand": "BotCommand",
}
# Older names that the platform still takes; the methods read the newer ones.
ALIASES = {"disable_web_page_preview", "reply_to_message_id", "allow_sending_without_reply", "correct_option_id"}
# `RichText` may also be a string or a list; `CallbackGame` and the like hold nothing.
PLAIN = {"InputPollOption", "KeyboardButton"}
FREE = {"RichText", "InputFile", "CallbackGame", "DisabledButton"}
CLAMPED = {("getUpdates", "limit"), ("getUpdates", "timeout")}


def bounded(check: Check, limit: Limit) -> Check:
    def checked(value: Any) -> Any:
        value = check(value)
        if not limit.low <= size_of(value, limit.unit) <= limit.high:
            raise WrongError(f"{limit.low}-{limit.high} {limit.unit}")
        return value

    return checked


def array(element: Check) -> Check:
    def checked(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise WrongError("Array")
        return [element(item) for item in value]

    return checked


@cache
def names() -> frozenset[str]:
    """Every name of a parameter or field there is."""
    spec = load()
    return frozenset(name for fields in (*spec.methods.values(), *spec.types.values()) for name in fields)


def free(value: Any) -> Any:
    return value


@cache
def check_of(kind: str) -> Check:
    """The check of a type by the name the specification gives it."""
    if kind in SCALARS:
        return SCALARS[kind]
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return array(check_of(inner) if inner.startswith("Array of ") else either(tuple(re.split(r", | and ", inner))))
    if kind in FREE:
        return free
    unions = load().unions
    return either(unions[kind]) if kind in unions else whole(kind)


@cache
def either(kinds: tuple[str, ...]) -> Check:
    """One of several types: told apart by their constant fields, then by which required fields are there."""
    if len(kinds) == 1:
        return check_of(kinds[0])
    if set(kinds) == {"Integer", "String"}:
        return integer_or_string
    if "InputFile" in kinds:
        return free
    spec = load()
    members = [name for kind in kinds for name in spec.unions.get(kind, (kind,))]

    def checked(value: Any) -> Any:
        if not isinstance(value, dict):
            raise WrongError("Object")
        return check_of(candidate(members, value))(value)

    return checked


def candidate(members: list[str], value: dict[str, Any]) -> str:
    def misses(name: str) -> tuple[int, int, int]:
        fields = load().types.get(name, {})
        wrong = sum(1 for f in fields.values() if f.constant and value.get(f.name) != f.constant)
        absent = sum(1 for f in fields.values() if f.required and f.name not in value)
        return wrong, absent, sum(1 for key in value if key not in fields)

    return min(members, key=misses)


def whole(kind: str) -> Check:
    """An object of one type: its fields checked, required ones there, unknown ones refused."""
    label = TYPE_LABELS.get(kind)
    fields: dict[str, tuple[Field, Check]] = {}

    def checked(value: Any) -> dict[str, Any]:
        if not fields:  # filled at first use: types refer to each other
            fields.update({f.name: (f, field_check(f)) for f in load().types[kind].values()})
        if kind in PLAIN and isinstance(value, str):
            value = {"text": value}  # what the platform takes for a button or an option
        if not isinstance(value, dict):
            raise WrongError("Object")
        try:
            return object_of(value, fields)
        except WrongError as wrong:
            raise (bad_request(f"can't parse {label}: {wrong}") if label else wrong) from None

    return checked


def object_of(value: dict[str, Any], fields: dict[str, tuple[Field, Check]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, item in value.items():
        if item is None:
            continue
        if name not in fields:
            if name not in names():
                raise WrongError(f'Unknown field "{name}"')
            continue
        made[name] = inside(name, fields[name][1], item)
    for name, (declared, _) in fields.items():
        if declared.required and name not in made:
            if declared.types == ("Boolean",):
                made[name] = False
                continue
            raise WrongError(f'Can\'t find field "{name}"')
        if declared.constant and name in made and made[name] != declared.constant:
            raise WrongError(f'Field "{name}" must be "{declared.constant}"')
    return made


def inside(name: str, check: Check, item: Any) -> Any:
    try:
        return check(item)
    except WrongError as wrong:
        words = str(wrong)
        raise WrongError(words if '"' in words else f'Field "{name}" must be of type {words}') from None


def field_check(declared: Field) -> Check:
    check = either(declared.types)
    # The platform checks callback data itself, with its own words; entity-counted texts too.
    if declared.limit and declared.limit.unit != "text" and declared.name != "callback_data":
        return bounded(check, declared.limit)
    return check


def parameter_check(method: str, declared: Field) -> Check:
    nested = any(kind not in SCALARS and kind != "InputFile" for kind in declared.types)
    check = either(declared.types)
    if declared.limit and declared.limit.unit != "text" and (method, declared.name) not in CLAMPED:
        check = bounded(check, declared.limit)
    label = LABELS.get(declared.name, declared.name)

    def checked(value: Any) -> Any:
        if nested and isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                raise bad_request(f"can't parse {label} JSON object") from None
        try:
            return check(value)
        except WrongError as wrong:
            words = f"can't parse {label}: {wrong}" if nested else f"invalid {declared.name} specified"
            raise bad_request(words) from None
        except RecursionError:
            raise bad_request(f"can't parse {label} JSON object") from None

    return checked


class Signature:
    """The parameters of one method, ready to check."""

    def __init__(self, method: str) -> None:
        declared = load().methods[method]
        self.checks = {name: parameter_check(method, field) for name, field in declared.items()}
        self.required = tuple(name for name, field in declared.items() if field.required)
        self.files = frozenset(name for name, field in declared.items() if "InputFile" in field.types)

    def read(self, raw: dict[str, Any], uploads: dict[str, Any]) -> dict[str, Any]:
        """The checked parameters; absent ones, nulls and empty required strings are as if not given."""
        made: dict[str, Any] = {}
        checks = self.checks
        for name, value in raw.items():
            if value is None:
                continue
            check = checks.get(name)
            if check is None:
                if name in ALIASES:
                    made[name] = value
                elif name not in names():
                    raise bad_request(f'unknown parameter "{name}"')
                continue
            made[name] = check(value)
        for name in self.required:
            if made.get(name, "") == "" and not (name in self.files and name in uploads):
                raise missing(name)
        return made


def missing(name: str) -> ApiError:
    return bad_request(MISSING.get(name, f'parameter "{name}" is required'))


@cache
def signature(method: str) -> Signature:
    return Signature(method)
