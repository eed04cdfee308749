"""Lucky draws and who takes part in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "draws",
        sa.Column("id", BIG, nullable=False), sa.Column("key", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False), sa.Column("circle_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False), sa.Column("title", DOCUMENT, nullable=False),
        sa.Column("terms", DOCUMENT, nullable=False), sa.Column("prizes", DOCUMENT, nullable=False),
        sa.Column("standing", sa.Integer(), nullable=False), sa.Column("seed", sa.String(), nullable=False),
        sa.Column("seed_sha256", sa.String(), nullable=False), sa.Column("terms_sha256", sa.String(), nullable=False),
        sa.Column("tickets_sha256", sa.String(), nullable=True), sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closes_at", INSTANT, nullable=False), sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("reveal_at", INSTANT, nullable=True), sa.Column("void_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True), sa.Column("why_void", sa.String(), nullable=True),
        sa.Column("report_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(state IN ('scheduled', 'open')) = (tickets_sha256 IS NULL) OR state = 'void'",
            name=op.f("ck_draws_tickets_told_when_closed"),
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_draws_shop_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_draws_circle_id")),
        sa.PrimaryKeyConstraint("id", name="pk_draws"), sa.UniqueConstraint("key", name=op.f("uq_draws_key")),
    )  # fmt: skip
    op.create_index(op.f("ix_draws_circle_id"), "draws", ["circle_id"], unique=False)
    op.create_index(op.f("ix_draws_due"), "draws", ["state", "closes_at"], unique=False)
    op.create_index(op.f("ix_draws_report"), "draws", ["report_at"], unique=False)
    op.create_table(
        "draw_entries",
        sa.Column("id", BIG, nullable=False), sa.Column("draw_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False), sa.Column("ticket", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False), sa.Column("struck", sa.String(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_entries_draw_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_draw_entries_person_id")),
        sa.PrimaryKeyConstraint("id", name="pk_draw_entries"),
        sa.UniqueConstraint("draw_id", "person_id", name=op.f("uq_draw_entries_draw_id_person_id")),
        sa.UniqueConstraint("draw_id", "place", name=op.f("uq_draw_entries_draw_id_place")),
        sa.UniqueConstraint("ticket", name=op.f("uq_draw_entries_ticket")),
    )  # fmt: skip
    op.create_index(op.f("ix_draw_entries_person_id"), "draw_entries", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("draw_entries")
    op.drop_table("draws")
