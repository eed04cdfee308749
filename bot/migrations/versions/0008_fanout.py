"""What a recipient had to wait for; events and the campaigns that hear them, by what they are looked up."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

LISTENS, TAKEN = sa.text("event IS NOT NULL"), sa.text("run_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("recipients", sa.Column("waited", sa.String(), nullable=True))
    op.create_index(
        "ix_campaigns_event", "campaigns", ["event", "shop_id"], sqlite_where=LISTENS, postgresql_where=LISTENS
    )
    op.create_index(
        "ix_event_slots_run", "event_slots", ["run_id", "person_id"], sqlite_where=TAKEN, postgresql_where=TAKEN
    )


def downgrade() -> None:
    op.drop_index("ix_event_slots_run", table_name="event_slots", sqlite_where=TAKEN, postgresql_where=TAKEN)
    op.drop_index("ix_campaigns_event", table_name="campaigns", sqlite_where=LISTENS, postgresql_where=LISTENS)
    with op.batch_alter_table("recipients") as batch:
        batch.drop_column("waited")
