"""The keyboards below notices, by the name the notice gives them. A notice without a name has none."""

from collections.abc import Mapping, Sequence

from bot.core import thanked
from bot.core.buttons import Button, Buttons, Keyboard, keyboard
from bot.core.words import Words

# name -> rows of (label, op, the param whose row the button speaks of)
KEYS: dict[str, tuple[tuple[tuple[str, str, str], ...], ...]] = {
    "pay": ((("key_paid", "paid", "order_id"), ("key_cannot", "cant", "order_id")),),
    "claimed": ((("key_received", "ok", "order_id"), ("key_not_received", "no", "order_id")),),
    "offer": ((("key_take", "take", "waiting_id"), ("key_pass", "pass", "waiting_id")),),
    "collected": (
        (("key_again_yes", "ag1", "order_id"), ("key_again_no", "ag0", "order_id")),
        (("key_wrong", "bad", "order_id"),),
    ),
    "complaint": ((
        ("key_refund", "rf", "complaint_id"), ("key_replace", "rp", "complaint_id"), ("key_credit", "cr", "complaint_id"),
    ),),
    "decide": ((("key_accept_short", "acc", "round_id"), ("key_fail", "fail", "round_id")),),
    "pick_list": ((("key_pick_list", "pk", "round_id"),), (("key_arrived", "arr", "round_id"),)),
    "again": ((("key_repeat", "rep", "round_id"),),),
    "ended": ((("key_thanks", "thx", "round_id"), ("key_repeat", "rep", "round_id")),),
    "want_asked": ((("key_offer_it", "wof", "want_id"), ("key_not_now", "wno", "want_id")),),
    "reorder_wish": ((("key_i_want", "iwant", "product_id"),),),
    "poll_lost": ((("key_put_again", "pollp", "poll"),),),
    "want_offered": ((("key_look", "wlk", "round_id"),),),
    "ask": ((("key_answer", "qans", "ask_id"), ("key_not_me", "qno", "ask_id"), ("key_mute_ask", "qmu", "ask_id")),),
    "back": ((("key_given_back", "back", "order_id"),),),
    "asked_back": ((("key_answer", "qrb", "ask_id"),),),
    "answered": ((("key_helpful", "hlp", "votable_id"), ("key_ask_back", "qbk", "of_ask_id"), ("key_report", "rpt", "answer_id")),),
    "showcase": ((("key_showcase", "shc", "order_id"),),),
    "showcase_told": ((("key_report", "rpt", "showcase_id"),),),
    "shop_asked": ((("key_answer", "sans", "question_id"),),),
    "held": ((("key_show_words", "dec", "subject_id"), ("key_remove_words", "dec", "subject_id")),),
    "referral_bound": ((("key_name_me", "rnm", "naming_id"),),),
    "referral_flagged": ((("key_referral_yes", "rfy", "referral_id"), ("key_referral_no", "rfn", "referral_id")),),
    "circle": ((("key_approve", "cir1", "circle_id"), ("key_refuse", "cir0", "circle_id")),),
}  # fmt: skip
DECISIONS = {"key_show_words": 1, "key_remove_words": 0}  # about words that wait: their kind and what is decided
OWNERS_ONLY = frozenset({"arr"})  # the leader of a round has its pick list, not its arrival


def keys_of(name: str, params: Mapping[str, object], words: Words, buttons: Buttons, *, owner: bool = True) -> Keyboard:
    """The keyboard of that name about the rows the params name."""
    rows = [
        [
            _button(entry, params, words, buttons)
            for entry in row if (owner or entry[1] not in OWNERS_ONLY) and params.get(entry[2]) is not None
        ]
        for row in KEYS[name]
    ]  # fmt: skip
    if name == "pay":
        return _pay(rows, params, words, buttons)
    options = params.get("options")
    if name == "offer" and isinstance(options, list) and options:
        return keyboard(_takes(options, params, words, buttons), rows[0][1:])
    return keyboard(*rows)


def _pay(rows: list[list[Button]], params: Mapping[str, object], words: Words, buttons: Buttons) -> Keyboard:
    """What the member has of their own comes first; below what is paid already stands nothing."""
    if params.get("due") == 0:
        return {}
    return keyboard(*thanked.keys(params.get("own"), params["order_id"], words, buttons), *rows)


def _takes(options: Sequence[object], params: Mapping[str, object], words: Words, buttons: Buttons) -> list[Button]:
    """One button an option, where the seat that is offered has none yet."""
    waiting_id = params["waiting_id"]
    assert isinstance(waiting_id, int)
    return [
        buttons.button(f"{words.say('key_take')} · {option}", "take", waiting_id, index) for index, option in enumerate(options)
    ]


def _button(entry: tuple[str, str, str], params: Mapping[str, object], words: Words, buttons: Buttons) -> Button:
    label, op, subject = entry
    row_id = params[subject]
    assert isinstance(row_id, int)
    said = words.say(label, **{key: params[key] for key in ("count",) if key in params})
    return buttons.button(said, op, row_id, _argument(entry, params))


def _argument(entry: tuple[str, str, str], params: Mapping[str, object]) -> str | int | None:
    """What a button carries beside its row: what is decided, what was promised, whose words are reported."""
    label, op, subject = entry
    if label in DECISIONS:
        return f"{params['kind']}{DECISIONS[label]}"
    if op == "shc":
        points = params.get("points")
        return points if isinstance(points, int) else None
    return "s" if (op, subject) == ("rpt", "showcase_id") else None
