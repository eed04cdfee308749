"""What the platform finds in plain text by itself: mentions, hashtags, commands, addresses, phone numbers."""

import re

from sandbox.entities.units import Entity, units

TRIGGER = re.compile(r"[@#$/.:]|\d{5}|\+\d")
TLDS = "com|org|net|me|io|cn|ru|dev|app|info|edu|gov|shop|store|co|uk|de|fr|fi|jp|hk|tw|sg|eu|us|tv|xyz|example|test"
PATTERNS = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,24}\b", re.ASCII)),
    (
        "url",
        re.compile(
            rf"(?<![\w@./-])(?:(?:https?|ftp|tg|ton)://[^\s<>\"«»]+[^\s<>\"«».,:;!?'()\[\]{{}}]"
            rf"|(?:[a-z0-9-]+\.)+(?:{TLDS})(?![\w-])(?::\d+)?(?:[/?#](?:[^\s<>\"«»]*[^\s<>\"«».,:;!?'()\[\]{{}}])?)?)",
            re.IGNORECASE,
        ),
    ),
    ("bot_command", re.compile(r"(?<![\w/<>@#])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/@<>])")),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z]\w{2,31}(?![\w@])", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#(?=[^\W]*[^\W\d])[\w·]{1,256}(?:@[A-Za-z]\w{2,31})?(?![#\w])")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?![\w$])")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d(?:[ -]?\d){7,14}(?![\w])")),
)
# Plain text inside these keeps its own meaning.
CLOSED = {"code", "pre", "text_link", "text_mention", "custom_emoji", "date_time"}


def detect(text: str, known: list[Entity]) -> list[Entity]:
    """The entities found in the text, besides those that are known already."""
    if not TRIGGER.search(text):
        return []
    ascii_only = text.isascii()
    taken = [(e["offset"], e["offset"] + e["length"]) for e in known if e["type"] in CLOSED]
    found: list[Entity] = []
    for kind, pattern in PATTERNS:
        for hit in pattern.finditer(text):
            begin = hit.start() if ascii_only else units(text[: hit.start()])
            end = begin + (len(hit[0]) if ascii_only else units(hit[0]))
            if not any(begin < b and a < end for a, b in taken):
                taken.append((begin, end))
                found.append({"type": kind, "offset": begin, "length": end - begin})
    return found
