"""What members bought in all, which cue led to an order, who read an answer; indexes by which audiences are found."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BOUGHT, STAYS = sa.text("collected_at IS NOT NULL AND state <> 'refunded'"), sa.text("left_at IS NULL")

PATHS = """
UPDATE orders SET path = coalesce((
    SELECT CASE WHEN e.via_person_id IS NOT NULL THEN 'kin' WHEN e.names_on_card > 0 THEN 'crowd' ELSE 'self' END
    FROM seat_events e WHERE e.seat_id = orders.seat_id ORDER BY e.id LIMIT 1
), 'self') WHERE path IS NULL
"""
TOTALS = """
INSERT INTO buyer_totals (shop_id, person_id, orders, spent, first_at, last_at, path)
SELECT shop_id, person_id, count(*), sum(total), min(collected_at), max(collected_at), (
    SELECT o.path FROM orders o
    WHERE o.shop_id = orders.shop_id AND o.person_id = orders.person_id AND o.collected_at IS NOT NULL AND o.state <> 'refunded'
    ORDER BY o.collected_at DESC, o.id DESC LIMIT 1
) FROM orders WHERE collected_at IS NOT NULL AND state <> 'refunded' GROUP BY shop_id, person_id
"""


def upgrade() -> None:
    op.create_table(
        "answers_read",
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_answers_read_person_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_answers_read_product_id")),
        sa.PrimaryKeyConstraint("product_id", "person_id", name=op.f("pk_answers_read")),
    )
    op.create_index(op.f("ix_answers_read_person_id"), "answers_read", ["person_id"])
    op.create_table(
        "buyer_totals",
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("path", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_buyer_totals_person_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_buyer_totals_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "person_id", name=op.f("pk_buyer_totals")),
        sqlite_with_rowid=False,
    )
    of_orders = ["product_id", "person_id", "collected_at", "state"]
    op.create_index("ix_orders_bought", "orders", of_orders, sqlite_where=BOUGHT, postgresql_where=BOUGHT)
    of_places = ["person_id", "circle_id", "joined_at", "left_at"]
    op.create_index("ix_memberships_there", "memberships", of_places, sqlite_where=STAYS, postgresql_where=STAYS)
    op.execute(PATHS)
    op.execute(TOTALS)


def downgrade() -> None:
    op.drop_index("ix_memberships_there", table_name="memberships", sqlite_where=STAYS, postgresql_where=STAYS)
    op.drop_index("ix_orders_bought", table_name="orders", sqlite_where=BOUGHT, postgresql_where=BOUGHT)
    op.drop_table("buyer_totals")
    op.drop_table("answers_read")
