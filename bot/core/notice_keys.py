"""The keyboards below notices, by the name the notice gives them. A notice without a name has none."""

from collections.abc import Mapping

from bot.core.buttons import Button, Buttons, Keyboard, keyboard
from bot.core.words import Words

# name -> rows of (label, op, the param whose row the button speaks of)
KEYS: dict[str, tuple[tuple[tuple[str, str, str], ...], ...]] = {
    "pay": ((("b_paid", "paid", "order_id"), ("b_cannot", "cant", "order_id")),),
    "claimed": ((("b_received", "ok", "order_id"), ("b_not_received", "no", "order_id")),),
    "offer": ((("b_take", "take", "waiting_id"), ("b_pass", "pass", "waiting_id")),),
    "collected": (
        (("b_again_yes", "ag1", "order_id"), ("b_again_no", "ag0", "order_id")),
        (("b_wrong", "bad", "order_id"),),
    ),
    "complaint": ((
        ("b_refund", "rf", "complaint_id"), ("b_replace", "rp", "complaint_id"), ("b_credit", "cr", "complaint_id"),
    ),),
    "decide": ((("b_accept_short", "acc", "round_id"), ("b_fail", "fail", "round_id")),),
    "pick_list": ((("b_pick_list", "pk", "round_id"),), (("b_arrived", "arr", "round_id"),)),
    "again": ((("b_repeat", "rep", "round_id"),),),
    "ended": ((("b_thanks", "thx", "round_id"), ("b_repeat", "rep", "round_id")),),
    "back": ((("b_given_back", "back", "order_id"),),),
    "circle": ((("b_approve", "cir1", "circle_id"), ("b_refuse", "cir0", "circle_id")),),
}  # fmt: skip
OWNERS_ONLY = frozenset({"arr"})  # the leader of a round has its pick list, not its arrival


def keys_of(name: str, params: Mapping[str, object], words: Words, buttons: Buttons, *, owner: bool = True) -> Keyboard:
    """The keyboard of that name about the rows the params name."""
    rows = [
        [_button(entry, params, words, buttons) for entry in row if owner or entry[1] not in OWNERS_ONLY]
        for row in KEYS[name]
    ]  # fmt: skip
    return keyboard(*rows)


def _button(entry: tuple[str, str, str], params: Mapping[str, object], words: Words, buttons: Buttons) -> Button:
    label, op, subject = entry
    row_id = params[subject]
    assert isinstance(row_id, int)
    return buttons.button(words.say(label, **{key: params[key] for key in ("count",) if key in params}), op, row_id)
