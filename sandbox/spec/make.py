"""Makes botapi.json.gz, the sandbox's compact copy of the Bot API, from a public source.

The source is the schema that aiogram ships in its source distribution (`.butcher/schema/schema.json`, MIT licence), itself
read from https://core.telegram.org/bots/api. Run:

    pip download --no-deps --no-binary aiogram aiogram==3.31.0 && python -m sandbox.spec.make aiogram-3.31.0.tar.gz

The result is `{"version", "released", "methods", "types"}`; a method is `{parameter: [types, required, limit]}` and a type
`{field: [types, required, limit, constant]}`, where trailing nulls are left out; a union type is `{"": [its members]}`.
"""

import gzip
import json
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("botapi.json.gz")
SCHEMA = ".butcher/schema/schema.json"

RANGES = (
    (re.compile(r"(\d+)-(\d+) characters after entit"), "text"),
    (re.compile(r"(\d+)-(\d+) (?:characters|unicode characters)"), "chars"),
    (re.compile(r"(\d+)-(\d+) bytes"), "bytes"),
    (re.compile(r"must include (\d+)-(\d+) items"), "items"),
    (re.compile(r"[Vv]alues between (\d+)-(\d+)"), "value"),
    (re.compile(r"[Mm]ust be between (\d+) and (\d+)"), "value"),
    (re.compile(r"JSON-serialized list of (\d+)-(\d+) "), "items"),
    (re.compile(r"[;,] (\d+)-(\d+)(?:\.|$|, | if)"), "value"),
)
CONSTANT = re.compile(r"(?:must be|always) ['\"“]?([a-zA-Z_]+)['\"”]?(?:\.|,|$)")


def limit_of(description: str) -> list[Any] | None:
    """The documented range of a parameter as [min, max, unit], or nothing where the sentence names none."""
    for pattern, unit in RANGES:
        if found := pattern.search(description):
            return [int(found[1]), int(found[2]), unit]
    return None


def types_of(sentence: str) -> list[str]:
    """The types a parameter may have: `Integer or String` is two, `Array of A, B and C` stays one array."""
    if sentence.startswith("Array of "):
        return [sentence]
    return re.split(r" or |, | and ", sentence)


def field(annotation: dict[str, Any], constants: bool) -> list[Any]:
    described = annotation["description"]
    constant = CONSTANT.search(described) if constants and annotation["type"] == "String" else None
    row = [types_of(annotation["type"]), annotation["required"], limit_of(described), constant[1] if constant else None]
    while row[-1] is None:
        row.pop()
    return row


def compact(schema: dict[str, Any]) -> dict[str, Any]:
    methods: dict[str, Any] = {}
    types: dict[str, Any] = {}
    for item in (child for group in schema["items"] for child in group["children"]):
        if item["category"] == "methods":
            methods[item["name"]] = {a["name"]: field(a, constants=False) for a in item["annotations"]}
        elif item["annotations"]:
            types[item["name"]] = {a["name"]: field(a, constants=True) for a in item["annotations"]}
        else:
            types[item["name"]] = {"": re.findall(r"^ - (\w+)", item["description"], re.MULTILINE)}
    released = schema["api"]
    return {"version": released["version"], "released": released["release_date"], "methods": methods, "types": types}


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m sandbox.spec.make aiogram-VERSION.tar.gz")
    with tarfile.open(sys.argv[1]) as archive:
        name = next(n for n in archive.getnames() if n.endswith(SCHEMA))
        opened = archive.extractfile(name)
        if opened is None:
            sys.exit(f"{name} is no file")
        made = compact(json.load(opened))
    text = json.dumps(made, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(
        f"Bot API {made['version']}: {len(made['methods'])} methods, {len(made['types'])} types, {TARGET.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
