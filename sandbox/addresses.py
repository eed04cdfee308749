"""The addresses people click: invite links."""

INVITES = "https://t.me/+"


def invite_url(code: str) -> str:
    return f"{INVITES}{code.removeprefix('+')}"
