"""What a person may write in a question, an answer, a showcase: some words, not too many; links and contacts wait.

Invariants: pure; what looks like a way out of the circle (an address, an @name, a phone number, a WeChat id, in either
script) is found, and prices, sizes, times and order numbers are not.
"""

import re
import unicodedata

from models.errors import DomainError

QUESTION_MOST, ANSWER_MOST = 300, 1000  # characters

_NAMES = r"微信|威信|薇信|卫星号|加微|加v|加我v|v信|vx|wx|wechat|weixin|whatsapp|telegram|line id|qq|扣扣|企鹅号"
_PIECES = (
    r"(?:https?|ftp|tg|weixin)://\S+",
    r"\b(?:www\.|t\.me/|telegram\.me/|wa\.me/|bit\.ly/|u\.wechat)\S*",
    r"(?<![\w.])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|shop|store|top|xyz|io|me|info|vip|club|site|app|ru|de|link|cc|tv|co)(?![\w.-]*\w)(?:/\S*)?",
    r"[\w.+-]+@[\w-]+\.[a-z]{2,}",
    r"(?<![\w@])@[a-z]\w{3,}",
    rf"(?:{_NAMES})\s*(?:号|id|号码|是|加|:|：|=|-|—|number|no\.?)*\s*[a-z0-9][\w-]{{4,}}",
    r"(?:电话|手机|手机号|联系电话|tel|phone|call me|mobile)\s*(?:号|是|:|：|at|on)*\s*\+?[\d\s-]{6,}",
)
_CONTACT = re.compile("|".join(_PIECES), re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])\+?\d(?:[\s().-]?\d){8,14}(?![\w])")
_SPELT = re.compile(r"[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{7,}")
_DOTTED = re.compile(r"\s*(?:\(dot\)|\[dot\]|\bdot\b|点|。)\s*(?=(?:com|cn|net|org|me)\b)", re.IGNORECASE)


def checked(words: str, what: str, most: int, *, photo: bool = False) -> str:
    """The words without what nobody sees. `what` is "question" or "answer" (a showcase is one too).

    Raises question_empty, question_long, answer_empty, answer_long, photo_without_words; the last for a photo alone.
    """
    clean = tidy(words)
    if not any(letter.isalnum() for letter in clean):
        if photo:
            raise DomainError("photo_without_words")
        raise DomainError("question_empty" if what == "question" else "answer_empty")
    if len(clean) > most:
        raise DomainError("question_long" if what == "question" else "answer_long", most=most, length=len(clean))
    return clean


def tidy(words: str) -> str:
    """Lines and letters only: no control characters, no text direction marks, no runs of blanks."""
    kept = "".join(
        letter for letter in words.replace("\r", "\n")
        if letter in {"\n", "\u200d"} or unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )  # fmt: skip
    lines = (" ".join(line.split()) for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)


def has_contact(words: str) -> bool:
    """Whether there is a link or a way to reach somebody in it."""
    plain = unicodedata.normalize("NFKC", words).replace("\u200d", "")
    plain = _DOTTED.sub(".", plain)
    if _CONTACT.search(plain) or _PHONE.search(plain):
        return True
    return any(_SPELT.finditer(plain))
