"""The words operators write: which placeholders they may name, and how long they may be once those are filled in.

Such words are no template: `{name}` stands for a value from a list, everything else is shown as it was written. Lengths
count as Telegram counts: UTF-16 units of what is shown, so an emoji is two.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.config.mistakes import Finding, nearest, shown
from bot.core.config.positions import Path

MESSAGE, CAPTION = 4096, 1024  # Telegram's limits
REASON = 320  # kept free for the line that says why a message came and how to stop it
NAME, THING = 48, 120  # a person's name is shown with 24 letters, a product's, circle's or shop's with 60; an emoji is two
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Wording:
    """What one text may be: `room` letters, beyond which it is cut or, if it is `sent` whole, not sent at all."""

    room: int
    names: Mapping[str, int] = field(default_factory=dict)  # placeholder -> letters of its longest value
    sent: bool = False

    def findings(self, at: Path, texts: Mapping[str, str]) -> Iterator[Finding]:
        """What is wrong with a text in any of its languages."""
        key = next((part for part in reversed(at) if isinstance(part, str)), "text")
        for language, text in texts.items():
            place = (*at, language)
            for name in dict.fromkeys(_SLOT.findall(text)):
                if name not in self.names:
                    yield Finding(place, f"{key} names {{{shown(name)[1:-1]}}} in {language}", self._right(name))
            if (length := self.longest(text)) > self.room:
                yield self._too_long(place, key, language, length)

    def longest(self, text: str) -> int:
        """Its length with every placeholder standing for its longest value."""
        filled = _SLOT.sub(lambda slot: "x" * self.names.get(slot[1], len(slot[0])), text)
        return len(filled.encode("utf-16-le", "surrogatepass")) // 2

    def _right(self, name: str) -> str:
        if meant := nearest(name, self.names):
            return f"did you mean {{{meant}}}?"
        known = ", ".join(f"{{{each}}}" for each in self.names)
        return f"known here: {known}" if known else "write it without braces: nothing is filled in here"

    def _too_long(self, place: Path, key: str, language: str, length: int) -> Finding:
        what = f"{key} has {length} letters in {language}"
        if self.sent:
            return Finding(place, f"{what}, and there is room for {self.room}", "write less, or give the rest a link")
        return Finding(place, f"{what}, of which {self.room} are shown", "write less", warning=True)


TITLE = Wording(120)
GIFT = Wording(40)
PAY_TO = Wording(600, {"order": 12, "amount": 20, "name": NAME, "product": THING})
ON_CARD = Wording(600)


def letter(names: Mapping[str, int], *, below_photo: bool) -> Wording:
    """The wording of a message of its own, the line of its reason kept free."""
    return Wording((CAPTION if below_photo else MESSAGE) - REASON, names, sent=True)


def judged(entry: object) -> Iterator[Finding]:
    """What is wrong with the texts of an entry that is whole otherwise."""
    held = vars(entry)  # asking a model for what it has not takes longer than all the rest
    for key, wording in (("title", TITLE), ("pay_to", PAY_TO), ("text", getattr(entry, "wording", ON_CARD))):
        texts = held.get(key)
        if isinstance(texts, Mapping):
            yield from wording.findings((key,), texts)
    for index, step in enumerate(held.get("ladder", ())):
        yield from GIFT.findings(("ladder", index, "gift"), getattr(step, "gift", {}))
