"""`tuan schema`: the JSON Schema of bot.toml, with every key described."""

import json
from argparse import Namespace

from bot.core.config.schema import schema
from campaigns.registry import KINDS


def main(_args: Namespace) -> int:
    print(json.dumps(schema({name: kind.model for name, kind in KINDS.items()}), ensure_ascii=False, indent=2))
    return 0
