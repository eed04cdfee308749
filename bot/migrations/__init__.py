"""The database's history, as Alembic runs it; `bot/core/migrate.py` is the way in."""
