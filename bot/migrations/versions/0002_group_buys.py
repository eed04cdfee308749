"""Group buys: their cards, seats, and the record of how each seat came about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    _rounds()
    _cards()
    _seats()
    _seat_lines()
    _seat_events()
    _shares()
    _arrivals()


def downgrade() -> None:
    op.drop_table("arrivals")
    op.drop_table("shares")
    op.drop_table("seat_events")
    op.drop_table("seat_lines")
    op.drop_table("seats")
    op.drop_table("cards")
    op.drop_table("rounds")


def _rounds() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", BIG, nullable=False), sa.Column("shop_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False), sa.Column("product_id", BIG, nullable=False),
        sa.Column("opening_key", sa.String(), nullable=True), sa.Column("state", sa.String(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False), sa.Column("ladder", DOCUMENT, nullable=False),
        sa.Column("count_by", sa.String(), nullable=False), sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("per_member", sa.Integer(), nullable=True), sa.Column("options", DOCUMENT, nullable=False),
        sa.Column("collect", sa.String(), nullable=False), sa.Column("pay_within", sa.Integer(), nullable=False),
        sa.Column("offer_within", sa.Integer(), nullable=False),
        sa.Column("accept_from", sa.Float(), nullable=True),
        sa.Column("leader_discount", sa.BigInteger(), nullable=False),
        sa.Column("delivery_fee", sa.BigInteger(), nullable=False), sa.Column("text", DOCUMENT, nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True), sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False), sa.Column("next_place", sa.Integer(), nullable=False),
        sa.Column("step_told", sa.Integer(), nullable=False), sa.Column("leader_id", BIG, nullable=True),
        sa.Column("opened_by", BIG, nullable=True), sa.Column("told_floor", sa.BigInteger(), nullable=True),
        sa.Column("count_at_end", sa.Integer(), nullable=True),
        sa.Column("final_price", sa.BigInteger(), nullable=True),
        sa.Column("accepted_short", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_rounds"),
        sa.CheckConstraint("collect IN ('after_lock', 'upfront')", name=op.f("ck_rounds_collect")),
        sa.CheckConstraint("count_by IN ('members', 'pieces')", name=op.f("ck_rounds_count_by")),
        sa.CheckConstraint("members >= 0 AND pieces >= 0", name=op.f("ck_rounds_counts_not_negative")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_rounds_circle_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["people.id"], name=op.f("fk_rounds_leader_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["people.id"], name=op.f("fk_rounds_opened_by")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_rounds_product_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_rounds_shop_id")),
        sa.UniqueConstraint("opening_key", name=op.f("uq_rounds_opening_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_rounds_circle_id"), "rounds", ["circle_id"], unique=False)
    op.create_index(op.f("ix_rounds_closes_at"), "rounds", ["closes_at"], unique=False)
    op.create_index(op.f("ix_rounds_product_id"), "rounds", ["product_id"], unique=False)
    op.create_index(op.f("ix_rounds_state"), "rounds", ["state"], unique=False)


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", BIG, nullable=False), sa.Column("round_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False), sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("has_photo", sa.Boolean(), nullable=False), sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_cards_circle_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_cards_round_id")),
        sa.UniqueConstraint("round_id", name=op.f("uq_cards_round_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_cards_message"), "cards", ["circle_id", "message_id"], unique=False)


def _seats() -> None:
    op.create_table(
        "seats",
        sa.Column("id", BIG, nullable=False), sa.Column("round_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False), sa.Column("state", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False), sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False), sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seats"),
        sa.CheckConstraint("(state = 'held') = (quantity > 0)", name=op.f("ck_seats_held_means_pieces")),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_seats_quantity_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seats_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_seats_round_id")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_seats_round_id_person_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_seats_floor"), "seats", ["round_id", "state", "told"], unique=False)
    op.create_index(op.f("ix_seats_person_id"), "seats", ["person_id"], unique=False)


def _seat_lines() -> None:
    op.create_table(
        "seat_lines",
        sa.Column("id", BIG, nullable=False), sa.Column("seat_id", BIG, nullable=False),
        sa.Column("option", sa.String(), nullable=False), sa.Column("note", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_seat_lines"),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_seat_lines_quantity_positive")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_seat_lines_seat_id")),
        sa.UniqueConstraint("seat_id", "option", "note", name=op.f("uq_seat_lines_seat_id_option_note")),
    )  # fmt: skip


def _seat_events() -> None:
    op.create_table(
        "seat_events",
        sa.Column("id", BIG, nullable=False), sa.Column("round_id", BIG, nullable=False),
        sa.Column("seat_id", BIG, nullable=False), sa.Column("option", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False), sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False), sa.Column("via_person_id", BIG, nullable=True),
        sa.Column("names_on_card", sa.Integer(), nullable=False),
        sa.Column("price_told", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_seat_events"),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_seat_events_round_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_seat_events_seat_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_seat_events_message"), "seat_events", ["round_id", "message_id"], unique=False)
    op.create_index(op.f("ix_seat_events_seat_id"), "seat_events", ["seat_id"], unique=False)


def _shares() -> None:
    op.create_table(
        "shares",
        sa.Column("id", BIG, nullable=False), sa.Column("token", sa.String(), nullable=False),
        sa.Column("round_id", BIG, nullable=False), sa.Column("person_id", BIG, nullable=False),
        sa.Column("words", sa.String(), nullable=False), sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shares_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_shares_round_id")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_shares_round_id_person_id")),
        sa.UniqueConstraint("token", name=op.f("uq_shares_token")),
    )  # fmt: skip


def _arrivals() -> None:
    op.create_table(
        "arrivals",
        sa.Column("round_id", BIG, nullable=False), sa.Column("person_id", BIG, nullable=False),
        sa.Column("share_id", BIG, nullable=False), sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "person_id", name="pk_arrivals"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_arrivals_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_arrivals_round_id")),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_arrivals_share_id")),
    )  # fmt: skip
