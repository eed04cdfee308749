"""Text with entities as safe HTML for the chat page: everything escaped, only a few tags, only harmless addresses."""

from html import escape

from sandbox.entities.units import Entity, ordered

TAGS = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "blockquote": "blockquote"}


def opening(entity: Entity, covered: str) -> tuple[str, str]:
    """The start and end tag of an entity over the text it covers."""
    kind = entity["type"]
    if kind in TAGS:
        return f"<{TAGS[kind]}>", f"</{TAGS[kind].partition(' ')[0]}>"
    if kind == "pre":
        return f'<pre data-language="{escape(entity.get("language", ""))}">', "</pre>"
    if kind in ("text_link", "url", "email"):
        return address(f"mailto:{covered}" if kind == "email" else str(entity.get("url") or covered))
    if kind == "date_time":
        shape = escape(entity.get("date_time_format", ""))
        return f'<time data-unix="{entity["unix_time"]}" data-format="{shape}">', "</time>"
    if kind == "text_mention":
        return f'<span class="mention" data-person="{entity["user"]["id"]}">', "</span>"
    return f'<span class="{kind.replace("_", "-")}">', "</span>"


def address(url: str) -> tuple[str, str]:
    full = url if "://" in url or url.startswith("mailto:") else f"http://{url}"
    if not full.startswith(("http://", "https://", "tg://", "mailto:")):
        return "<span>", "</span>"
    return f'<a href="{escape(full)}" rel="noopener noreferrer" target="_blank">', "</a>"


def render(text: str, entities: list[Entity]) -> str:
    """Safe HTML; entities that cross each other are closed and opened again, so the tags always nest."""
    raw = text.encode("utf-16-le", "surrogatepass")
    total = len(raw) // 2
    spans = [(e["offset"], min(total, e["offset"] + e["length"]), e) for e in ordered(entities) if e["offset"] < total]
    edges = sorted({0, total, *(s[0] for s in spans), *(s[1] for s in spans)})
    made: list[str] = []
    stack: list[tuple[int, Entity, str]] = []
    for begin, end in zip(edges, [*edges[1:], total], strict=True):
        while stack and any(limit <= begin for limit, _, _ in stack):
            made.append(stack.pop()[2])
        present = [entity for _, entity, _ in stack]
        for start, stop, entity in spans:
            if start <= begin < stop and not any(entity is other for other in present):
                head, tail = opening(entity, raw[start * 2 : stop * 2].decode("utf-16-le", "replace"))
                made.append(head)
                stack.append((stop, entity, tail))
        made.append(escape(raw[begin * 2 : end * 2].decode("utf-16-le", "replace"), quote=False))
    made.extend(tail for _, _, tail in reversed(stack))
    return "".join(made)
