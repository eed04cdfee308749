"""People, shops and their products, circles and who is in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    _people()
    _shops()
    _shop_owners()
    _products()
    _circles()
    _memberships()


def downgrade() -> None:
    op.drop_table("memberships")
    op.drop_table("circles")
    op.drop_table("products")
    op.drop_table("shop_owners")
    op.drop_table("shops")
    op.drop_table("people")


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", BIG, nullable=False), sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False), sa.Column("username", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True), sa.Column("chosen_language", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreachable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_initial", sa.Boolean(), nullable=False),
        sa.Column("keeps_cues", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_people_telegram_id")),
    )  # fmt: skip


def _shops() -> None:
    op.create_table(
        "shops",
        sa.Column("id", BIG, nullable=False), sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False), sa.Column("currency", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False), sa.Column("pay_to", DOCUMENT, nullable=False),
        sa.Column("pay_qr", sa.String(), nullable=True), sa.Column("pickup", DOCUMENT, nullable=False),
        sa.Column("return_window", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name="pk_shops"),
        sa.UniqueConstraint("key", name=op.f("uq_shops_key")),
    )  # fmt: skip


def _shop_owners() -> None:
    op.create_table(
        "shop_owners",
        sa.Column("shop_id", BIG, nullable=False), sa.Column("person_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "person_id", name="pk_shop_owners"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shop_owners_person_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_shop_owners_shop_id")),
    )  # fmt: skip


def _products() -> None:
    op.create_table(
        "products",
        sa.Column("id", BIG, nullable=False), sa.Column("shop_id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False), sa.Column("title", DOCUMENT, nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("stock_opening", sa.Integer(), nullable=True),
        sa.Column("stock_left", sa.Integer(), nullable=True), sa.Column("category", sa.String(), nullable=True),
        sa.Column("options", DOCUMENT, nullable=False), sa.Column("photo", sa.String(), nullable=True),
        sa.Column("photo_file_id", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.CheckConstraint("stock_left >= 0", name=op.f("ck_products_stock_not_negative")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_products_shop_id")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_products_shop_id_key")),
    )  # fmt: skip


def _circles() -> None:
    op.create_table(
        "circles",
        sa.Column("id", BIG, nullable=False), sa.Column("shop_id", BIG, nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False), sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False), sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_forum", sa.Boolean(), nullable=False), sa.Column("language", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=True), sa.Column("pickup", DOCUMENT, nullable=False),
        sa.Column("tags", DOCUMENT, nullable=False), sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("rights", DOCUMENT, nullable=False), sa.Column("added_by", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_circles"),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_circles_added_by")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_circles_shop_id")),
        sa.UniqueConstraint("chat_id", name=op.f("uq_circles_chat_id")),
    )  # fmt: skip


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("circle_id", BIG, nullable=False), sa.Column("person_id", BIG, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("circle_id", "person_id", name="pk_memberships"),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_memberships_circle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
