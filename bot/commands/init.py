"""`tuan init`: five questions, then a commented bot.toml that passes `tuan check`.

Answers come from a terminal or a pipe; an empty line takes what stands in brackets.
"""

import json
import re
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.core.config.entries import Product, Shop
from campaigns.linter import check


class _Ended(Exception):  # noqa: N818  # the answers ended, which is no error of the program
    """Input ended before a question was answered."""


@dataclass(frozen=True)
class _Question:
    text: str
    parse: Callable[[str, dict[str, Any]], Any]
    key: str
    default: str = ""


def main(args: Namespace) -> int:
    path: Path = args.config
    if path.exists():
        print(f"{path} is there already; name another file with --config", file=sys.stderr)
        return 1
    answers: dict[str, Any] = {}
    try:
        for question in _QUESTIONS:
            answers[question.key] = _ask(question, answers)
        path.write_text(_written(answers), encoding="utf-8")
    except _Ended as ended:
        print(f"no answer to: {ended}; nothing was written", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{path} cannot be written ({error.strerror}); name another file with --config", file=sys.stderr)
        return 1
    mistakes = check(path).mistakes
    print(*(mistakes or [f"ok {path} · next: tuan check, tuan preview, then BOT_TOKEN and tuan run"]), sep="\n")
    return 1 if mistakes else 0


def _ask(question: _Question, answers: dict[str, Any]) -> Any:
    """Asks until the answer will do."""
    while True:
        print(question.text + (f" [{question.default}]" if question.default else "") + ": ", end="", flush=True)
        line = sys.stdin.readline()
        if not line and not question.default:
            raise _Ended(question.text)
        try:
            return question.parse(line.strip() or question.default, answers)
        except ValueError as error:
            print(f"  {error}", flush=True)


def _by(model: type[Shop] | type[Product], key: str) -> Callable[[str, dict[str, Any]], Any]:
    """A parser that takes what the key of the table takes, and refuses with the same words."""
    field = model.model_fields[key]
    adapter: TypeAdapter[Any] = TypeAdapter(field.annotation and field.rebuild_annotation())

    def parse(text: str, _: dict[str, Any]) -> Any:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            raise ValueError(f"that {error.errors()[0]['msg']}") from None

    return parse


def _owner(text: str, _: dict[str, Any]) -> int:
    if not re.fullmatch(r"[1-9]\d{0,15}", text, re.ASCII):
        raise ValueError("write the number that @userinfobot shows you, as in 1001")
    return int(text)


def _product(text: str, answers: dict[str, Any]) -> tuple[str, str]:
    """`Honey oranges, 5 kg 39.90`: what it is, then the price as its currency writes it."""
    match = re.fullmatch(r"(.*\S)\s+([\d.]+)", text)
    if match is None or not match[1].isprintable():
        raise ValueError("write what it is and its price, as in Honey oranges, 5 kg 39.90")
    try:
        Product.model_validate(
            {"id": "first", "shop": "x", "title": match[1], "price": match[2]},
            context={"currency": answers["currency"]},
        )
    except ValidationError as error:
        raise ValueError(f"the price {error.errors()[0]['msg']}") from None
    return match[1], match[2]


_QUESTIONS = (
    _Question("1/5 What is your shop called?", _by(Shop, "name"), "name"),
    _Question(
        "2/5 Which currency?", lambda text, answers: _by(Shop, "currency")(text.upper(), answers), "currency", "EUR"
    ),
    _Question("3/5 Which time zone?", _by(Shop, "timezone"), "timezone", "Europe/Helsinki"),
    _Question("4/5 Your Telegram number (write to @userinfobot to learn it)?", _owner, "owner"),
    _Question("5/5 What do you sell first, and for how much each?", _product, "product", "Honey oranges, 5 kg 39.90"),
)


def _id(text: str, otherwise: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:40].strip("-") or otherwise


def _written(answers: dict[str, Any]) -> str:
    """The file. JSON's way of quoting text is TOML's too."""
    title, price = answers["product"]
    product = _id(title, "first-product")
    return f"""\
# The shop {answers["name"]}. Change what you like, then run: tuan check
# Secrets stand here only by the name of an environment variable. tuan schema prints every key there is.

[bot]
token     = "env:BOT_TOKEN"              # from @BotFather: export BOT_TOKEN=…
database  = "sqlite:///tuan.db"          # one file beside this one is enough to begin with
languages = ["en", "zh_CN"]              # the first is used where none other fits
operators = [{answers["owner"]}]

[[shop]]
id       = {json.dumps(_id(answers["name"], "shop"))}
name     = {json.dumps(answers["name"], ensure_ascii=False)}
currency = {json.dumps(answers["currency"])}
timezone = {json.dumps(answers["timezone"])}   # `at` and cron are in its local time
owners   = [{answers["owner"]}]
# pay_to = "Transfer to …"               # shown to members once the price is fixed
# pickup = ["Gate 2, Sat 10:00-12:00"]   # where and when people collect

# Add the bot to your group: the owner approves it there, so no [[circle]] is needed.

[[product]]
id    = {json.dumps(product)}
title = {json.dumps(title, ensure_ascii=False)}
price = {json.dumps(price)}
# stock = 200                            # shared by all its group buys; left out: no limit

[[campaign]]
id           = {json.dumps(f"weekly-{product}")}
kind         = "group_buy"
schedule     = {{ cron = "0 18 * * fri" }} # every Friday at 18:00
circles      = ["*"]                     # in every group you approve
product      = {json.dumps(product)}
# ladder     = [{{ at = 3, price = "…" }}] # from 3 members on all pay this, lower than the price above
minimum      = 3                         # fewer at the deadline, and it does not happen
closes_after = "24h"
"""
