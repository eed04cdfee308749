"""Orders, payments, the waitlist, complaints and gifts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _orders()
    _order_lines()
    _payments()
    _waitings()
    _complaints()
    _gifts()


def downgrade() -> None:
    op.drop_table("gifts")
    op.drop_table("complaints")
    op.drop_table("waitings")
    op.drop_table("payments")
    op.drop_table("order_lines")
    op.drop_table("orders")


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", BIG, nullable=False), sa.Column("shop_id", BIG, nullable=False),
        sa.Column("circle_id", BIG, nullable=False), sa.Column("round_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False), sa.Column("seat_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False), sa.Column("state", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False), sa.Column("pickup", sa.String(), nullable=True),
        sa.Column("pay_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_pay_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_collect_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=True),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.CheckConstraint("total >= 0", name=op.f("ck_orders_total_not_negative")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_orders_circle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_orders_person_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_orders_product_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_orders_round_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_orders_seat_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_orders_shop_id")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_orders_one_live_a_seat"), "orders", ["seat_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('lapsed', 'cancelled', 'refunded')"),
        postgresql_where=sa.text("state NOT IN ('lapsed', 'cancelled', 'refunded')"),
    )
    op.create_index(op.f("ix_orders_pay_by"), "orders", ["pay_by"], unique=False)
    op.create_index(op.f("ix_orders_person_id"), "orders", ["person_id"], unique=False)
    op.create_index(op.f("ix_orders_product_id"), "orders", ["product_id"], unique=False)
    op.create_index(op.f("ix_orders_remind_collect_at"), "orders", ["remind_collect_at"], unique=False)
    op.create_index(op.f("ix_orders_remind_pay_at"), "orders", ["remind_pay_at"], unique=False)
    op.create_index(op.f("ix_orders_round_id"), "orders", ["round_id"], unique=False)


def _order_lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("id", BIG, nullable=False), sa.Column("order_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False), sa.Column("option", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False), sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_order_lines"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_order_lines_order_id"), "order_lines", ["order_id"], unique=False)


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", BIG, nullable=False), sa.Column("order_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False), sa.Column("method", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False), sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False), sa.Column("reason_key", sa.String(), nullable=False),
        sa.Column("by_person_id", BIG, nullable=True), sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount_positive")),
        sa.ForeignKeyConstraint(["by_person_id"], ["people.id"], name=op.f("fk_payments_by_person_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.UniqueConstraint("reason_key", name=op.f("uq_payments_reason_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_payments_order_id"), "payments", ["order_id"], unique=False)


def _waitings() -> None:
    op.create_table(
        "waitings",
        sa.Column("id", BIG, nullable=False), sa.Column("round_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False), sa.Column("state", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False), sa.Column("option", sa.String(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_waitings"),
        sa.CheckConstraint("offered >= 0", name=op.f("ck_waitings_offered_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_waitings_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_waitings_round_id")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_waitings_round_id_person_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_waitings_person_id"), "waitings", ["person_id"], unique=False)
    op.create_index(op.f("ix_waitings_state"), "waitings", ["state"], unique=False)


def _complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", BIG, nullable=False), sa.Column("order_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False), sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False), sa.Column("photo_file_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", BIG, nullable=True), sa.PrimaryKeyConstraint("id", name="pk_complaints"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_complaints_order_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["people.id"], name=op.f("fk_complaints_resolved_by")),
    )  # fmt: skip
    op.create_index(op.f("ix_complaints_order_id"), "complaints", ["order_id"], unique=False)


def _gifts() -> None:
    op.create_table(
        "gifts",
        sa.Column("id", BIG, nullable=False), sa.Column("token", sa.String(), nullable=False),
        sa.Column("seat_id", BIG, nullable=False), sa.Column("round_id", BIG, nullable=False),
        sa.Column("giver_id", BIG, nullable=False), sa.Column("friend_id", BIG, nullable=True),
        sa.Column("state", sa.String(), nullable=False), sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(), nullable=False), sa.Column("pickup", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_gifts"),
        sa.ForeignKeyConstraint(["friend_id"], ["people.id"], name=op.f("fk_gifts_friend_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["people.id"], name=op.f("fk_gifts_giver_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_gifts_round_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_gifts_seat_id")),
        sa.UniqueConstraint("token", name=op.f("uq_gifts_token")),
    )  # fmt: skip
    op.create_index(op.f("ix_gifts_seat_id"), "gifts", ["seat_id"], unique=False)
