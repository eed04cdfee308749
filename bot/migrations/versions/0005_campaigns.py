"""Campaigns that reach people: recipients, events, mutes, wishes, polls, standings; what a message of a run carries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "chores",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chores")),
    )
    op.create_table(
        "buyer_standings",
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("buyer_class", sa.String(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_buyer_standings_person_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_buyer_standings_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "person_id", name=op.f("pk_buyer_standings")),
    )
    with op.batch_alter_table("buyer_standings") as batch:
        batch.create_index("ix_buyer_standings_class", ["shop_id", "buyer_class", "person_id"], unique=False)

    op.create_table(
        "mutes",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mutes_person_id")),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_mutes")),
    )
    op.create_table(
        "demand_polls",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("poll_id", sa.String(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("terms", DOCUMENT, nullable=False),
        sa.Column("round_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_demand_polls_circle_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_demand_polls_product_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_demand_polls_round_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_demand_polls_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_polls")),
        sa.UniqueConstraint("poll_id", name=op.f("uq_demand_polls_poll_id")),
        sa.UniqueConstraint("run_id", "circle_id", name=op.f("uq_demand_polls_run_id_circle_id")),
    )
    with op.batch_alter_table("demand_polls") as batch:
        batch.create_index("ix_demand_polls_due", ["state", "closes_at"], unique=False)

    op.create_table(
        "event_slots",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", BIG, nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_event_slots_campaign_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_event_slots_circle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_event_slots_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_event_slots_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_slots")),
        sa.UniqueConstraint(
            "campaign_id", "person_id", "subject", name=op.f("uq_event_slots_campaign_id_person_id_subject")
        ),
    )
    with op.batch_alter_table("event_slots") as batch:
        batch.create_index(
            "ix_event_slots_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("run_id IS NULL AND passed_at IS NULL"),
            postgresql_where=sa.text("run_id IS NULL AND passed_at IS NULL"),
        )

    op.create_table(
        "recipients",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("circle_id", BIG, nullable=True),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("why", DOCUMENT, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (circle_id IS NULL)", name=op.f("ck_recipients_one_receiver")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_recipients_circle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recipients_person_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_recipients_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipients")),
        sa.UniqueConstraint("run_id", "circle_id", name=op.f("uq_recipients_run_id_circle_id")),
        sa.UniqueConstraint("run_id", "person_id", name=op.f("uq_recipients_run_id_person_id")),
    )
    with op.batch_alter_table("recipients") as batch:
        batch.create_index("ix_recipients_person", ["person_id", "id"], unique=False)

    op.create_table(
        "wants",
        sa.Column("id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("product_id", BIG, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("round_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_wants_circle_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_wants_product_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_wants_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wants")),
    )
    with op.batch_alter_table("wants") as batch:
        batch.create_index(
            "uq_wants_open",
            ["circle_id", "folded"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'asked')"),
            postgresql_where=sa.text("state IN ('open', 'asked')"),
        )

    op.create_table(
        "poll_votes",
        sa.Column("poll_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("wants", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_poll_votes_person_id")),
        sa.ForeignKeyConstraint(["poll_id"], ["demand_polls.id"], name=op.f("fk_poll_votes_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_poll_votes")),
    )
    op.create_table(
        "want_voices",
        sa.Column("want_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_want_voices_person_id")),
        sa.ForeignKeyConstraint(["want_id"], ["wants.id"], name=op.f("fk_want_voices_want_id")),
        sa.PrimaryKeyConstraint("want_id", "person_id", name=op.f("pk_want_voices")),
    )
    with op.batch_alter_table("want_voices") as batch:
        batch.create_index(batch.f("ix_want_voices_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("campaigns") as batch:
        batch.add_column(sa.Column("event", sa.String(), nullable=True))
        batch.add_column(sa.Column("delay", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("path", sa.String(), nullable=True))

    with op.batch_alter_table("outbox") as batch:
        batch.add_column(sa.Column("run_id", BIG, nullable=True))
        batch.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_index(
            "ix_outbox_promotions",
            ["target", "sent_at"],
            unique=False,
            sqlite_where=sa.text("promotion"),
            postgresql_where=sa.text("promotion"),
        )
        batch.create_index(
            "ix_outbox_run",
            ["run_id", "state"],
            unique=False,
            sqlite_where=sa.text("run_id IS NOT NULL"),
            postgresql_where=sa.text("run_id IS NOT NULL"),
        )
        batch.create_foreign_key(batch.f("fk_outbox_run_id"), "runs", ["run_id"], ["id"])

    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("quiet_from", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("quiet_to", sa.Integer(), nullable=True))

    with op.batch_alter_table("runs") as batch:
        batch.add_column(sa.Column("cursor", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("all_decided", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("definition", DOCUMENT, nullable=True))
        batch.add_column(sa.Column("paused_why", sa.String(), nullable=True))
        batch.create_index(
            "ix_runs_going_on",
            ["state", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('running', 'queued', 'paused')"),
            postgresql_where=sa.text("state IN ('running', 'queued', 'paused')"),
        )

    with op.batch_alter_table("shops") as batch:
        batch.add_column(sa.Column("wants_needed", sa.Integer(), nullable=False, server_default="5"))

    _no_defaults()
    _boards()


def _no_defaults() -> None:
    """The defaults were for rows that were there before; new ones say it themselves."""
    with op.batch_alter_table("shops") as batch:
        batch.alter_column("wants_needed", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("campaigns") as batch:
        batch.alter_column("delay", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    with op.batch_alter_table("runs") as batch:
        batch.alter_column("cursor", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None)
        batch.alter_column("all_decided", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)


def _boards() -> None:
    """A card may show something besides a group buy."""
    with op.batch_alter_table("cards") as batch:
        batch.add_column(sa.Column("subject", sa.String(), nullable=True))
        batch.alter_column("round_id", existing_type=BIG, nullable=True)
        batch.create_unique_constraint(batch.f("uq_cards_subject"), ["subject"])
        batch.create_check_constraint(batch.f("ck_cards_one_subject"), "(round_id IS NULL) <> (subject IS NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM cards WHERE round_id IS NULL")
    with op.batch_alter_table("cards") as batch:
        batch.drop_constraint(batch.f("ck_cards_one_subject"), type_="check")
        batch.drop_constraint(batch.f("uq_cards_subject"), type_="unique")
        batch.alter_column("round_id", existing_type=BIG, nullable=False)
        batch.drop_column("subject")
    with op.batch_alter_table("runs") as batch:
        batch.drop_index(
            "ix_runs_going_on",
            sqlite_where=sa.text("state IN ('running', 'queued', 'paused')"),
            postgresql_where=sa.text("state IN ('running', 'queued', 'paused')"),
        )
        batch.drop_column("paused_why")
        batch.drop_column("definition")
        batch.drop_column("all_decided")
        batch.drop_column("cursor")

    with op.batch_alter_table("shops") as batch:
        batch.drop_column("wants_needed")

    with op.batch_alter_table("people") as batch:
        batch.drop_column("quiet_to")
        batch.drop_column("quiet_from")

    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(batch.f("fk_outbox_run_id"), type_="foreignkey")
        batch.drop_index(
            "ix_outbox_run", sqlite_where=sa.text("run_id IS NOT NULL"), postgresql_where=sa.text("run_id IS NOT NULL")
        )
        batch.drop_index(
            "ix_outbox_promotions", sqlite_where=sa.text("promotion"), postgresql_where=sa.text("promotion")
        )
        batch.drop_column("expires_at")
        batch.drop_column("run_id")

    with op.batch_alter_table("orders") as batch:
        batch.drop_column("path")

    with op.batch_alter_table("campaigns") as batch:
        batch.drop_column("delay")
        batch.drop_column("event")

    with op.batch_alter_table("want_voices") as batch:
        batch.drop_index(batch.f("ix_want_voices_person_id"))

    op.drop_table("want_voices")
    op.drop_table("poll_votes")
    with op.batch_alter_table("wants") as batch:
        batch.drop_index(
            "uq_wants_open",
            sqlite_where=sa.text("state IN ('open', 'asked')"),
            postgresql_where=sa.text("state IN ('open', 'asked')"),
        )

    op.drop_table("wants")
    with op.batch_alter_table("recipients") as batch:
        batch.drop_index("ix_recipients_person")

    op.drop_table("recipients")
    with op.batch_alter_table("event_slots") as batch:
        batch.drop_index(
            "ix_event_slots_due",
            sqlite_where=sa.text("run_id IS NULL AND passed_at IS NULL"),
            postgresql_where=sa.text("run_id IS NULL AND passed_at IS NULL"),
        )

    op.drop_table("event_slots")
    with op.batch_alter_table("demand_polls") as batch:
        batch.drop_index("ix_demand_polls_due")

    op.drop_table("demand_polls")
    op.drop_table("mutes")
    with op.batch_alter_table("buyer_standings") as batch:
        batch.drop_index("ix_buyer_standings_class")

    op.drop_table("buyer_standings")
    op.drop_table("chores")
