"""Lists the methods the sandbox has, for docs/sandbox.md: `python -m sandbox.listing docs/sandbox.md` writes it anew."""

import sys
from pathlib import Path

import sandbox.methods  # fills METHODS
from sandbox.call import METHODS
from sandbox.spec import load

BEGIN, END = "<!-- methods: begin -->", "<!-- methods: end -->"
REFUSING = "elsewhere"  # the module of methods for what a bot here never has
assert sandbox.methods


def subject(handler: object) -> str:
    return getattr(handler, "__module__", "").rpartition(".")[2]


def listing() -> str:
    """The list as Markdown, by subject."""
    by: dict[str, list[str]] = {}
    for name, handler in METHODS.values():
        by.setdefault(subject(handler), []).append(f"`{name}`")
    lines = [f"All {len(METHODS)} methods of the Bot API {load().version}.", ""]
    lines += [f"- {kind}: {', '.join(sorted(names))}" for kind, names in sorted(by.items()) if kind != REFUSING]
    lines += [
        "",
        "Checked against the specification and then refused in the platform's words, or answered with nothing, because a bot",
    ]
    lines += [
        "in the sandbox has no business account, story, gift or verification:",
        "",
        f"- {', '.join(sorted(by[REFUSING]))}",
    ]
    return "\n".join(lines)


def renewed(text: str) -> str:
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    return f"{head}{BEGIN}\n{listing()}\n{END}{tail}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(renewed(file.read_text("utf-8")), "utf-8")
