"""Configuration: bot.toml and what it includes, read once into immutable values."""

from bot.core.config.audience import Audience, Comparison
from bot.core.config.catalogue import Catalogue, Config, Loaded, Rules
from bot.core.config.entries import Campaign, Circle, Product, Shop, When
from bot.core.config.letters import Letters
from bot.core.config.loader import load
from bot.core.config.mistakes import Finding, Mistake
from bot.core.config.sections import Attention, Bot, Rates, Webhook
from bot.core.config.values import QuietHours, Quota, Secret, SecretMissing, money_text

__all__ = [
    "Attention",
    "Audience",
    "Bot",
    "Campaign",
    "Catalogue",
    "Circle",
    "Comparison",
    "Config",
    "Finding",
    "Letters",
    "Loaded",
    "Mistake",
    "Product",
    "QuietHours",
    "Quota",
    "Rates",
    "Rules",
    "Secret",
    "SecretMissing",
    "Shop",
    "Webhook",
    "When",
    "load",
    "money_text",
]
