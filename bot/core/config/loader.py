"""From files to one immutable Config, with every mistake of all files at once, each at its line.

Each entry is validated alone, so one mistake never hides another; rules that look at several entries then see those
that are whole. Kinds of campaigns are known above this layer and handed in as `Rules`.
"""

import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath
from typing import TypeVar

from pydantic import ValidationError

from bot.core.config import wording
from bot.core.config.catalogue import Catalogue, Config, Loaded, Rules
from bot.core.config.entries import Campaign, Circle, Product, Shop
from bot.core.config.files import Files
from bot.core.config.mistakes import Finding, Mistake, findings, nearest, shown
from bot.core.config.positions import Path
from bot.core.config.raw import Raw, entries, first_mistakes, late_warnings
from bot.core.config.sections import Attention, Bot, Rates, Table, Webhook
from bot.core.config.source import Source, read
from bot.core.config.values import CURRENCIES

TOP_KEYS = ("include", "bot", "webhook", "rates", "attention", "shop", "circle", "product", "campaign")
RULED = frozenset({"product", "campaign"})  # lists whose keys the rules of the house look at
M = TypeVar("M", bound=Table)


@contextmanager
def _uncollected() -> Iterator[None]:
    """A reading of thousands of entries makes a million objects that stay: looking through them again and again took a quarter."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@_uncollected()
def load(path: FilePath, rules: Rules) -> Loaded:
    """Reads bot.toml and what it includes. Never raises for anything a file holds."""
    digest = Files(path).digest()  # before anything is read: an edit in between is seen as one later
    sources, mistakes = read(path)
    config, places = None, {}
    if sources:
        reading = _Reading(path.parent, sources, rules)
        config = reading.config(digest)
        mistakes, places = mistakes + reading.mistakes, reading.places
    order = {source.file: index for index, source in enumerate(sources)}
    found = sorted(dict.fromkeys(mistakes), key=lambda m: (order.get(m.file, len(order)), m.file, m.line))
    refused = tuple(mistake for mistake in found if not mistake.warning)
    warnings = tuple(mistake for mistake in found if mistake.warning)
    return Loaded(None if refused else config, refused, warnings, str(path), places)


class _Reading:
    """One reading of all files: what is whole so far, and the mistakes of the rest."""

    def __init__(self, folder: FilePath, sources: list[Source], rules: Rules) -> None:
        self.folder, self.sources, self.main, self.rules = folder, sources, sources[0], rules
        self.mistakes: list[Mistake] = []
        self.broken: set[str] = set()
        self.places: dict[str, Raw] = {}  # of the campaigns that are whole
        self.currencies: dict[str, str | None] = {}  # of every shop that is named, None if that is unclear
        self.languages: tuple[str, ...] = ("en", "zh_CN")

    def config(self, digest: str) -> Config | None:
        """Reads everything; None if a table that must be there is not whole."""
        self._top_keys()
        bot, rates, attention = (
            self._section("bot", Bot),
            self._section("rates", Rates),
            self._section("attention", Attention),
        )
        webhook = self._section("webhook", Webhook) if "webhook" in self.main.data else None
        if bot:
            self.languages = bot.languages
            if bot.mode == "webhook" and "webhook" not in self.main.data:
                self._find((("bot", "mode")), "mode is webhook without [webhook]", "add [webhook] with url and secret")
        catalogue = self._catalogue()
        campaigns = {campaign.id: campaign for campaign in self._campaigns(catalogue)}
        if bot is None or rates is None or attention is None:
            return None
        return Config(
            **vars(catalogue),
            folder=self.folder,
            bot=bot,
            rates=rates,
            attention=attention,
            webhook=webhook,
            campaigns=campaigns,
            digest=digest,
        )

    def _find(self, path: tuple[str | int, ...], what: str, right: str) -> None:
        self.mistakes.append(self.main.mistake(path, Finding((), what, right)))

    def _top_keys(self) -> None:
        for key in self.main.data:
            if key not in TOP_KEYS:
                meant = nearest(key, TOP_KEYS)
                right = f"did you mean {meant}?" if meant else f"known here: {', '.join(TOP_KEYS)}"
                self._find((key,), f"unknown key {shown(key)[1:-1]}", right)

    def _section(self, name: str, model: type[M]) -> M | None:
        data = self.main.data.get(name, {})
        if name == "bot" and name not in self.main.data:
            self._find((), "there is no [bot]", 'add [bot] with token = "env:BOT_TOKEN"')
            return None
        if not isinstance(data, dict):
            self._find((name,), f"{name} is {shown(data)}", f"write it as a table, [{name}]")
            return None
        return self._validate(Raw(self.main, (name,), name, data), model)

    def _validate(self, raw: Raw, model: type[M], refused: Collection[Path] = ()) -> M | None:
        """The entry, if it is whole; what was `refused` already is not told again."""
        context = {"languages": self.languages, "currency": self.currencies.get(str(raw.data.get("shop")))}
        try:
            return model.model_validate(raw.data, context=context)
        except ValidationError as error:
            found = (finding for finding in findings(error, model) if not _within(finding.at, refused))
            self.mistakes += [raw.mistake(finding) for finding in found]
            return None

    def _entries(self, name: str) -> list[Raw]:
        found, mistakes = entries(self.sources, name)
        self.mistakes += mistakes
        return found

    def _catalogue(self) -> Catalogue:
        shops = {shop.id: shop for shop in self._shops()}
        circles = tuple(self._all(self._entries("circle"), Circle))
        products = {product.id: product for product in self._all(self._entries("product"), Product)}
        return Catalogue(self.languages, shops, circles, products, frozenset(self.broken))

    def _shops(self) -> Iterator[Shop]:
        raws = self._entries("shop")
        if not raws and "shop" not in self.main.data:
            self._find((), "there is no shop", "add [[shop]] with id, name, currency, timezone and owners")
        for raw in raws:
            currency = raw.data.get("currency")
            known = isinstance(currency, str) and currency in CURRENCIES
            self.currencies[str(raw.data.get("id"))] = currency if known else None
        yield from self._all(raws, Shop)

    def _campaigns(self, catalogue: Catalogue) -> Iterator[Campaign]:
        for raw, campaign in self._each(self._entries("campaign"), self._kind):
            self.mistakes += [raw.mistake(finding) for finding in self.rules.lint(campaign, catalogue)]
            self.places[campaign.id] = raw
            yield campaign

    def _kind(self, raw: Raw) -> type[Campaign] | None:
        kinds, kind = self.rules.kinds(), raw.data.get("kind")
        if kind is None:
            self.mistakes.append(raw.mistake(Finding((), "kind is missing", f"add kind = {shown(next(iter(kinds)))}")))
            return None
        if not isinstance(kind, str) or kind not in kinds:
            meant = nearest(kind, kinds) if isinstance(kind, str) else None
            right = f"did you mean {shown(meant)}?" if meant else f"known: {', '.join(kinds)}"
            self.mistakes.append(raw.mistake(Finding(("kind",), f"unknown kind {shown(kind)}", right)))
            return None
        return kinds[kind]

    def _all(self, raws: list[Raw], model: type[M]) -> Iterator[M]:
        return (entry for _, entry in self._each(raws, lambda _: model))

    def _each(self, raws: list[Raw], model_of: Callable[[Raw], type[M] | None]) -> Iterator[tuple[Raw, M]]:
        """The entries that are whole, with where they stand; the mistakes of the others are kept."""
        seen: dict[object, Raw] = {}
        for stood in raws:
            raw, mistakes = first_mistakes(stood, tuple(self.currencies), seen, self.folder)
            refused = list(self.rules.refused(raw.data)) if raw.list in RULED else []
            mistakes += [raw.mistake(finding) for finding in refused]
            self.mistakes += mistakes
            model = model_of(raw)
            entry = None if model is None else self._validate(raw, model, {finding.at for finding in refused})
            if entry is None or any(not mistake.warning for mistake in mistakes):
                self.broken.update(raw.names())
            if entry is not None:
                self.mistakes += late_warnings(raw, self.languages)
                self.mistakes += [raw.mistake(finding) for finding in wording.judged(entry)]
                yield raw, entry


def _within(at: Path, places: Collection[Path]) -> bool:
    """Whether a place is one of those, lies inside one, or holds one and would only be told for what is in it."""
    return bool(at) and any(at[: len(place)] == place[: len(at)] for place in places)
