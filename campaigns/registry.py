"""Every kind of campaign there is. A new kind is one file and one line here."""

from collections.abc import Mapping
from typing import Any

from campaigns.group_buy import GroupBuyKind
from campaigns.kinds import Kind

# Any: a kind takes campaigns of its own model alone, and the registry is keyed by the name that chooses that model.
KINDS: Mapping[str, Kind[Any]] = {kind.name: kind for kind in (GroupBuyKind(),)}
