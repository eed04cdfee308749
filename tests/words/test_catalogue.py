"""The catalogues: every sentence in every language, with the values it needs, and words only where words live."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from bot.core import catalogue, i18n
from bot.core.render import Templates
from bot.core.words import templates

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", i18n.languages())
def test_every_sentence_stands_in_every_language(language: str) -> None:
    assert list(catalogue.mistakes(language)) == []


@pytest.mark.parametrize("language", i18n.languages())
def test_the_files_are_what_update_would_write(language: str) -> None:
    known = catalogue.load(language)
    assert [message.id for message in catalogue.updated(language)] == [message.id for message in known]


def test_a_missing_a_fuzzy_and_a_wrong_translation_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Catalog(locale="en")
    for text in ("Hello %(name)s", "Bye", "Yes", ("%(n)s day", "%(n)s days"), "Fine"):
        source.add(text)
    known = Catalog(locale="zh_CN")
    known.add("Hello %(name)s", "你好 %(nmae)s")
    known.add("Bye", "再见", flags=["fuzzy"])
    known.add(("%(n)s day", "%(n)s days"), ("",))
    known.add("Fine", "好")
    known.add("Old", "旧")
    monkeypatch.setattr(catalogue, "source", lambda: source)
    monkeypatch.setattr(catalogue, "load", lambda _: known)
    assert set(catalogue.mistakes("zh_CN")) == {
        "zh_CN: other values than the source shows: 'Hello %(name)s'", "zh_CN: fuzzy: 'Bye'", "zh_CN: no words: 'Yes'",
        "zh_CN: no words: '%(n)s days'", "zh_CN: no longer said: 'Old'",
    }  # fmt: skip


def test_two_blocks_of_one_name_are_found(tmp_path: Path) -> None:
    for name in ("a.j2", "b.j2"):
        (tmp_path / name).write_text("{% block hello %}{% endblock %}")
    with pytest.raises(ValueError, match="both have a block hello"):
        _ = Templates(tmp_path).places


def test_all_templates_compile() -> None:
    templates().warm()
    assert len(templates().places) > 100


def test_chinese_is_written_with_chinese_punctuation() -> None:
    """Half-width commas, colons and full stops between Chinese letters give a translated text away."""
    slips = [
        str(message.string)
        for message in catalogue.load("zh_CN")
        if message.id
        and re.search(
            r"[\u4e00-\u9fff][,:;?!()]|[,:;?!()][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(?!toml)", str(message.string)
        )
    ]
    assert slips == []


def test_signs_are_used_for_what_they_mean_only() -> None:
    """Each sign has one meaning, none is decoration."""
    allowed = set("🛒🔒✅📦❓🧧🎟🎲◀▓░×·…“”‘’−—⭐")
    text = "".join(path.read_text() for path in (ROOT / "locales").rglob("*.*") if path.suffix in {".j2", ".po"})
    assert {sign for sign in text if ord(sign) > 0x2010 and not 0x3000 <= ord(sign) <= 0xFFEF} <= allowed


@pytest.mark.parametrize(
    "bad", ["last chance", "hurry", "only today", "don't miss", "has not joined", "快抢", "最后机会", "手慢无"]
)
def test_nobody_is_hurried_or_shamed(bad: str) -> None:
    text = "".join(path.read_text().lower() for path in (ROOT / "locales").rglob("*.po"))
    assert bad not in text


def test_languages_of_telegram_and_operators() -> None:
    assert i18n.languages() == ("en", "zh_CN")
    spoken = {tag: i18n.spoken(tag) for tag in ("en", "en-GB", "zh-hans", "zh-hant", "zh_CN", "zh", "de", "", None)}
    assert spoken == {"en": "en", "en-GB": "en", "zh-hans": "zh_CN", "zh-hant": "zh_CN", "zh_CN": "zh_CN", "zh": "zh_CN",
                      "de": None, "": None, None: None}  # fmt: skip


class _Reader:
    def __init__(self, language: str | None = None, chosen: str | None = None) -> None:
        self.language, self.chosen_language = language, chosen


def test_what_a_person_chose_wins_then_the_circle_then_the_app() -> None:
    chinese_circle = _Reader("zh_CN")
    assert i18n.language_of(_Reader("en", "en"), chinese_circle) == "en"
    assert i18n.language_of(_Reader("en"), chinese_circle) == "zh_CN"
    assert i18n.language_of(_Reader("zh-hans")) == "zh_CN"
    assert i18n.language_of(_Reader("de"), default="zh_CN") == "zh_CN"
    assert i18n.language_of(None, chinese_circle) == "zh_CN"
    assert i18n.language_of(None) == "en"


def test_an_owners_text_falls_back_to_what_there_is() -> None:
    assert i18n.text_of({"zh_CN": "蜜橙"}, "en") == "蜜橙"
    assert i18n.text_of({"en": "Oranges", "zh_CN": "蜜橙"}, "zh_CN") == "蜜橙"
    assert i18n.text_of({}, "en") == ""


CONTROL = re.compile(r"\{% (?:endif|else|if .*|elif .*|endfor|for .*) %\}")
HARMLESS = re.compile(r"\{% (?:endblock|block)|\s+(?!\s|\{%)|\{#|$")  # what is indented before a tag is taken away too


@pytest.mark.parametrize("path", sorted((ROOT / "locales/templates").glob("*.j2")), ids=lambda path: path.name)
def test_no_two_sentences_are_glued_together(path: Path) -> None:
    """A tag at the end of a line takes the line's end with it; whoever wants a new line leaves one empty."""
    lines = path.read_text().splitlines()
    glued = [
        line
        for i, line in enumerate(lines)
        if line.endswith("{% endtrans %}") and not HARMLESS.match(_next(lines, i + 1))
    ]
    assert glued == []


def _next(lines: list[str], at: int) -> str:
    """What is written behind a line: past control tags, and past the branches that are then not taken."""
    while CONTROL.fullmatch(lines[at]):
        if lines[at].startswith(("{% else", "{% elif")):
            at = lines.index("{% endif %}", at)
        at += 1
    return lines[at]
