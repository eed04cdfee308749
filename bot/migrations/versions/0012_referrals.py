"""Invitations: what is given for them, members' links, friends who came by them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _offers()
    _links()
    _referrals()
    op.create_table(
        "referral_days",
        sa.Column("offer_id", BIG, nullable=False), sa.Column("person_id", BIG, nullable=False),
        sa.Column("period", sa.String(), nullable=False), sa.Column("friends", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["referral_offers.id"], name=op.f("fk_referral_days_offer_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_referral_days_person_id")),
        sa.PrimaryKeyConstraint("offer_id", "person_id", "period", name="pk_referral_days"),
    )  # fmt: skip


def _offers() -> None:
    op.create_table(
        "referral_offers",
        sa.Column("id", BIG, nullable=False), sa.Column("run_id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False), sa.Column("shop_id", BIG, nullable=False),
        sa.Column("circles", DOCUMENT, nullable=False), sa.Column("reward", sa.BigInteger(), nullable=False),
        sa.Column("friend_reward", sa.BigInteger(), nullable=False), sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("hold", sa.Integer(), nullable=False), sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("per_month", sa.Integer(), nullable=False), sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("promised", sa.BigInteger(), nullable=False), sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False), sa.Column("closed_at", INSTANT, nullable=True),
        sa.CheckConstraint("promised >= 0 AND promised <= budget", name=op.f("ck_referral_offers_within_budget")),
        sa.CheckConstraint("reward >= 0 AND friend_reward >= 0", name=op.f("ck_referral_offers_rewards_not_negative")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_referral_offers_run_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_referral_offers_campaign_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_referral_offers_shop_id")),
        sa.PrimaryKeyConstraint("id", name="pk_referral_offers"),
        sa.UniqueConstraint("run_id", name=op.f("uq_referral_offers_run_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_referral_offers_campaign_id"), "referral_offers", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_referral_offers_live"), "referral_offers", ["shop_id", "ends_at"], unique=False)


def _links() -> None:
    op.create_table(
        "referral_links",
        sa.Column("id", BIG, nullable=False), sa.Column("token", sa.String(), nullable=False),
        sa.Column("offer_id", BIG, nullable=False), sa.Column("circle_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False), sa.Column("url", sa.String(), nullable=True),
        sa.Column("clicks", sa.Integer(), nullable=False), sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["referral_offers.id"], name=op.f("fk_referral_links_offer_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_referral_links_circle_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_referral_links_person_id")),
        sa.PrimaryKeyConstraint("id", name="pk_referral_links"),
        sa.UniqueConstraint("offer_id", "circle_id", "person_id", name=op.f("uq_referral_links_offer_id_circle_id_person_id")),
        sa.UniqueConstraint("token", name=op.f("uq_referral_links_token")),
        sa.UniqueConstraint("url", name=op.f("uq_referral_links_url")),
    )  # fmt: skip
    op.create_index(op.f("ix_referral_links_person_id"), "referral_links", ["person_id"], unique=False)


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", BIG, nullable=False), sa.Column("offer_id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False), sa.Column("circle_id", BIG, nullable=False),
        sa.Column("inviter_id", BIG, nullable=False), sa.Column("friend_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False), sa.Column("way", sa.String(), nullable=False),
        sa.Column("reward", sa.BigInteger(), nullable=False), sa.Column("friend_reward", sa.BigInteger(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False), sa.Column("order_id", BIG, nullable=True),
        sa.Column("bound_at", INSTANT, nullable=False), sa.Column("until", INSTANT, nullable=False),
        sa.Column("ordered_at", INSTANT, nullable=True), sa.Column("completed_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=True), sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("why", sa.String(), nullable=True), sa.Column("signals", DOCUMENT, nullable=False),
        sa.Column("reviewed_by", BIG, nullable=True),
        sa.CheckConstraint("inviter_id <> friend_id", name=op.f("ck_referrals_two_people")),
        sa.ForeignKeyConstraint(["offer_id"], ["referral_offers.id"], name=op.f("fk_referrals_offer_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_referrals_shop_id")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_referrals_circle_id")),
        sa.ForeignKeyConstraint(["inviter_id"], ["people.id"], name=op.f("fk_referrals_inviter_id")),
        sa.ForeignKeyConstraint(["friend_id"], ["people.id"], name=op.f("fk_referrals_friend_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_referrals_order_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["people.id"], name=op.f("fk_referrals_reviewed_by")),
        sa.PrimaryKeyConstraint("id", name="pk_referrals"),
    )  # fmt: skip
    op.create_index(op.f("ix_referrals_inviter"), "referrals", ["inviter_id", "offer_id", "state"], unique=False)
    op.create_index(op.f("ix_referrals_friend"), "referrals", ["friend_id", "shop_id"], unique=False)
    op.create_index(op.f("ix_referrals_shop"), "referrals", ["shop_id", "state"], unique=False)
    op.create_index(op.f("ix_referrals_order_id"), "referrals", ["order_id"], unique=False)
    stands, waits = sa.text("state <> 'void'"), sa.text("due_at IS NOT NULL")
    op.create_index(
        op.f("uq_referrals_first_touch"), "referrals", ["shop_id", "friend_id"], unique=True,
        sqlite_where=stands, postgresql_where=stands,
    )  # fmt: skip
    op.create_index(
        op.f("ix_referrals_due"), "referrals", ["due_at"], unique=False, sqlite_where=waits, postgresql_where=waits
    )


def downgrade() -> None:
    for table in ("referral_days", "referrals", "referral_links", "referral_offers"):
        op.drop_table(table)
