"""The ledger (accounts, transfers, closed days) and vouchers. Transfers and closed days only grow: triggers refuse all else."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("transfers", "ledger_days")


def upgrade() -> None:
    _accounts()
    _ledger_days()
    _transfers()
    _voucher_terms()
    _vouchers()
    for table in APPEND_ONLY:
        _only_grows(table)


def downgrade() -> None:
    op.drop_table("vouchers")
    op.drop_table("voucher_terms")
    op.drop_table("transfers")
    op.drop_table("ledger_days")
    op.drop_table("accounts")
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {table}_only_grows()")


def _only_grows(table: str) -> None:
    """A trigger goes with its table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"""
            CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$
        """)
        op.execute(f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()
        """)
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"""
            CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} only grows'); END
        """)


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("balance <= 0 OR kind <> 'debt'", name=op.f("ck_accounts_debt_not_positive")),
        sa.CheckConstraint("balance = 0 OR kind NOT IN ('shop', 'clearing')", name=op.f("ck_accounts_open_keeps_none")),
        sa.CheckConstraint("balance >= 0 OR kind = 'debt'", name=op.f("ck_accounts_balance_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_accounts_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("key", name=op.f("uq_accounts_key")),
    )
    op.create_index("ix_accounts_person", "accounts", ["person_id", "kind"], unique=False)
    op.create_index(op.f("ix_accounts_shop_id"), "accounts", ["shop_id"], unique=False)


def _ledger_days() -> None:
    op.create_table(
        "ledger_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_ledger_days")),
    )


def _transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("debit_id", BIG, nullable=False),
        sa.Column("credit_id", BIG, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("of_id", BIG, nullable=True),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfers_amount_positive")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfers_two_accounts")),
        sa.ForeignKeyConstraint(["credit_id"], ["accounts.id"], name=op.f("fk_transfers_credit_id")),
        sa.ForeignKeyConstraint(["debit_id"], ["accounts.id"], name=op.f("fk_transfers_debit_id")),
        sa.ForeignKeyConstraint(["of_id"], ["transfers.id"], name=op.f("fk_transfers_of_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_transfers_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("reason", name=op.f("uq_transfers_reason")),
    )
    op.create_index("ix_transfers_credit", "transfers", ["credit_id", "id"], unique=False)
    op.create_index("ix_transfers_day", "transfers", ["day", "id"], unique=False)
    op.create_index("ix_transfers_debit", "transfers", ["debit_id", "id"], unique=False)
    op.create_index("ix_transfers_of", "transfers", ["of_id"], unique=False)
    op.create_index(op.f("ix_transfers_order_id"), "transfers", ["order_id"], unique=False)
    op.create_index(
        "uq_transfers_resolved_once",
        "transfers",
        ["of_id", "kind"],
        unique=True,
        sqlite_where=sa.text("kind IN ('release', 'capture', 'reversal')"),
        postgresql_where=sa.text("kind IN ('release', 'capture', 'reversal')"),
    )


def _voucher_terms() -> None:
    op.create_table(
        "voucher_terms",
        sa.Column("id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("worth", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=True),
        sa.Column("min_order", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("product_id", BIG, nullable=True),
        sa.Column("valid_for", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("per_member", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("worth <> 'percent' OR value <= 100", name=op.f("ck_voucher_terms_percent_within")),
        sa.CheckConstraint(
            "granted >= 0 AND (total IS NULL OR granted <= total)", name=op.f("ck_voucher_terms_granted_within")
        ),
        sa.CheckConstraint("value > 0", name=op.f("ck_voucher_terms_value_positive")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_voucher_terms_product_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_voucher_terms_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_terms")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_voucher_terms_shop_id_key")),
    )


def _vouchers() -> None:
    op.create_table(
        "vouchers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("terms_id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'used') = (order_id IS NOT NULL)", name=op.f("ck_vouchers_used_on_an_order")),
        sa.CheckConstraint("value > 0", name=op.f("ck_vouchers_value_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_vouchers_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_vouchers_person_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_vouchers_shop_id")),
        sa.ForeignKeyConstraint(["terms_id"], ["voucher_terms.id"], name=op.f("fk_vouchers_terms_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("reason", name=op.f("uq_vouchers_reason")),
    )
    op.create_index("ix_vouchers_person", "vouchers", ["person_id", "shop_id", "state"], unique=False)
    op.create_index("ix_vouchers_terms", "vouchers", ["terms_id", "person_id"], unique=False)
    op.create_index(
        "uq_vouchers_order",
        "vouchers",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("state = 'used'"),
        postgresql_where=sa.text("state = 'used'"),
    )
