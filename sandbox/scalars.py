"""Single values as they come in, as strings or as JSON: whole numbers, numbers, truth, text."""

import math
import re
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], Any]
INTEGER = re.compile(r"[+-]?\d{1,19}\Z")
INT64 = 2**63


class WrongError(Exception):
    """A value that does not fit; the words say where in the object."""


def integer(value: Any) -> int:
    if type(value) is int:
        number = value
    elif isinstance(value, str) and INTEGER.match(value.strip()):
        number = int(value)
    else:
        raise WrongError("Number")
    if not -INT64 <= number < INT64:
        raise WrongError("Number")
    return number


def floating(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise WrongError("Number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise WrongError("Number") from None
    if not math.isfinite(number):
        raise WrongError("Number")
    return number


WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


def boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = WORDS.get(str(value).strip().lower()) if isinstance(value, str | int) else None
    if word is None:
        raise WrongError("Boolean")
    return word


def string(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongError("String")
    text: str = value.replace("\0", "")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise WrongError("valid UTF-8") from None
    return text


def integer_or_string(value: Any) -> int | str:
    if type(value) is int:
        return integer(value)
    text = string(value).strip()
    return int(text) if INTEGER.match(text) else text


SCALARS: dict[str, Check] = {
    "Integer": integer,
    "Float": floating,
    "Boolean": boolean,
    "True": boolean,
    "String": string,
}


def size_of(value: Any, unit: str) -> float:
    if unit == "value":
        return float(value)
    if unit == "bytes":
        return len(value.encode())
    return len(value)
