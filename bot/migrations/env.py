"""How Alembic reaches the database: by the connection that migrate.py hands over, in one transaction on either engine."""

from alembic import context

from bot.core.migrate import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    render_as_batch=True,  # SQLite alters by copying the table
    transactional_ddl=True,  # SQLite's too, once the driver leaves BEGIN to us: a crash leaves all or nothing
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
