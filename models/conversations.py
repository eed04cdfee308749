"""Conversations that wait for a person's next word: the state and what was said so far.

Invariant: a conversation moves in the same transaction as the update that moved it; one without a state and without
data has no row.
"""

from dataclasses import dataclass, field

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import Document, table_of

Said = dict[str, object]


class ConversationRow(SQLModel, table=True):
    """Where one person stands in one chat. `key` names bot, chat, person and topic."""

    __tablename__ = "conversations"

    key: str = Field(primary_key=True)
    state: str | None = None
    said: Said = Field(default_factory=dict, sa_type=Document)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation at rest; the default is "none"."""

    state: str | None = None
    said: Said = field(default_factory=dict)


NOTHING = Conversation()
CONVERSATIONS = table_of(ConversationRow)
_OF = select(CONVERSATIONS.c.state, CONVERSATIONS.c.said).where(CONVERSATIONS.c.key == bindparam("of"))


def get(session: Session, key: str) -> Conversation:
    """The conversation under that key, or NOTHING."""
    row = session.execute(_OF, {"of": key}).one_or_none()
    return NOTHING if row is None else Conversation(row.state, row.said)


def put(session: Session, key: str, conversation: Conversation) -> None:
    """Keeps it, or forgets it if there is neither state nor data."""
    if conversation == NOTHING:
        session.execute(delete(CONVERSATIONS).where(CONVERSATIONS.c.key == key))
        return
    values = {"state": conversation.state, "said": conversation.said}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    put_in = dialect.insert(CONVERSATIONS).values(key=key, **values)
    session.execute(put_in.on_conflict_do_update(index_elements=["key"], set_=values))


def keys(session: Session) -> set[str]:
    """Every conversation that is under way."""
    return set(session.scalars(select(CONVERSATIONS.c.key)))


def forget(session: Session, person: int) -> None:
    """An erased person's conversations go. `person` is the Telegram id that stands in the key."""
    session.execute(delete(CONVERSATIONS).where(CONVERSATIONS.c.key.like(f"%:{person}:%")))
