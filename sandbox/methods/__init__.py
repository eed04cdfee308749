"""The methods of the Bot API, by subject. Importing this package fills `sandbox.call.METHODS`."""

from sandbox.methods import (
    chats,
    deleting,
    editing,
    media,
    members,
    messages,
    profile,
    reading,
    taps,
)

__all__ = ["chats", "deleting", "editing", "media", "members", "messages", "profile", "reading", "taps"]
