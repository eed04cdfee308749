"""Red packets, split coupons and voucher drops, and who took a share of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "packets",
        sa.Column("id", BIG, nullable=False), sa.Column("key", sa.String(), nullable=False),
        sa.Column("batch", sa.String(), nullable=False), sa.Column("kind", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False), sa.Column("circle_id", BIG, nullable=False),
        sa.Column("by_id", BIG, nullable=True), sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", DOCUMENT, nullable=False), sa.Column("pays", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False), sa.Column("shares", sa.Integer(), nullable=True),
        sa.Column("amounts", DOCUMENT, nullable=False), sa.Column("equal", sa.Boolean(), nullable=False),
        sa.Column("worth", sa.String(), nullable=False), sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=True), sa.Column("min_order", sa.BigInteger(), nullable=False),
        sa.Column("valid_for", sa.Integer(), nullable=False), sa.Column("per_member", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Integer(), nullable=False), sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False), sa.Column("tapped", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False), sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", INSTANT, nullable=False), sa.Column("drawn_at", INSTANT, nullable=True),
        sa.Column("closes_at", INSTANT, nullable=False), sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("why_ended", sa.String(), nullable=True),
        sa.CheckConstraint("claimed >= 0 AND (shares IS NULL OR claimed <= shares)", name=op.f("ck_packets_claimed_within")),
        sa.CheckConstraint("paid >= 0 AND (kind = 'drop' OR paid <= total)", name=op.f("ck_packets_paid_within")),
        sa.CheckConstraint("(state = 'ended') = (why_ended IS NOT NULL)", name=op.f("ck_packets_ended_for_a_reason")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_packets_shop_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_packets_circle_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_packets_by_id")),
        sa.PrimaryKeyConstraint("id", name="pk_packets"), sa.UniqueConstraint("key", name=op.f("uq_packets_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_packets_circle_id"), "packets", ["circle_id"], unique=False)
    op.create_index(op.f("ix_packets_due"), "packets", ["state", "closes_at"], unique=False)
    op.create_index(op.f("ix_packets_batch"), "packets", ["batch"], unique=False)
    op.create_table(
        "packet_claims",
        sa.Column("id", BIG, nullable=False), sa.Column("packet_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False), sa.Column("at", INSTANT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=True), sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(place IS NULL) = (amount IS NULL)", name=op.f("ck_packet_claims_a_place_is_paid")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_packet_claims_amount_positive")),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name=op.f("fk_packet_claims_packet_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_packet_claims_person_id")),
        sa.PrimaryKeyConstraint("id", name="pk_packet_claims"),
        sa.UniqueConstraint("packet_id", "person_id", name=op.f("uq_packet_claims_packet_id_person_id")),
        sa.UniqueConstraint("packet_id", "place", name=op.f("uq_packet_claims_packet_id_place")),
    )  # fmt: skip
    op.create_index(op.f("ix_packet_claims_person_id"), "packet_claims", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("packet_claims")
    op.drop_table("packets")
