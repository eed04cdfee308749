"""Updates on their way in, messages on their way out, conversations, campaigns and their slots."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    _conversations()
    _inbox()
    _campaigns()
    _runs()
    _outbox()


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("runs")
    op.drop_table("campaigns")
    op.drop_table("inbox")
    op.drop_table("conversations")


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("key", sa.String(), nullable=False), sa.Column("state", sa.String(), nullable=True),
        sa.Column("said", DOCUMENT, nullable=False), sa.PrimaryKeyConstraint("key", name="pk_conversations"),
    )  # fmt: skip


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", BIG, nullable=False), sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False), sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.String(), nullable=False), sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_inbox_bot_id_update_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_inbox_done_at"), "inbox", ["done_at"], unique=False)
    op.create_index(
        op.f("ix_inbox_new"), "inbox", ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'new'"),
        postgresql_where=sa.text("state = 'new'"),
    )


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", BIG, nullable=False), sa.Column("key", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=True), sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("first_loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_campaigns_shop_id")),
        sa.UniqueConstraint("key", name=op.f("uq_campaigns_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_campaigns_due"), "campaigns", ["next_at", "id"], unique=False)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", BIG, nullable=False), sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", DOCUMENT, nullable=False), sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_runs_campaign_id")),
        sa.UniqueConstraint("campaign_id", "slot", name=op.f("uq_runs_campaign_id_slot")),
    )  # fmt: skip
    op.create_index(op.f("ix_runs_state"), "runs", ["campaign_id", "state"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False), sa.Column("dedup", sa.String(), nullable=True),
        sa.Column("route", sa.String(), nullable=False), sa.Column("target", sa.String(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False), sa.Column("person_id", BIG, nullable=True),
        sa.Column("circle_id", BIG, nullable=True), sa.Column("card_id", BIG, nullable=True),
        sa.Column("template", sa.String(), nullable=False), sa.Column("params", DOCUMENT, nullable=False),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("promotion", sa.Boolean(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_epoch", sa.Integer(), nullable=False), sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True), sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_outbox_card_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_outbox_circle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_outbox_person_id")),
        sa.UniqueConstraint("dedup", name=op.f("uq_outbox_dedup")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_outbox_due"), "outbox", ["not_before"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(op.f("ix_outbox_person_id"), "outbox", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_outbox_queued"), "outbox", ["priority", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        op.f("ix_outbox_sending"), "outbox", ["lease_until"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        op.f("uq_outbox_card_mark"), "outbox", ["card_id"],
        unique=True,
        sqlite_where=sa.text("state = 'queued' AND route = 'card'"),
        postgresql_where=sa.text("state = 'queued' AND route = 'card'"),
    )
