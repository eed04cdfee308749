"""Tables whose rows are only ever added: the database itself refuses to change or delete them, on both engines.

Invariant: migrations make the same triggers in their own words; tests/ledger proves both by trying.
"""

from sqlalchemy import Connection, Table, event


def guard(table: Table) -> None:
    """Wherever this table is made, its triggers are made with it."""
    event.listen(table, "after_create", _made)


def _made(table: Table, connection: Connection, **_: object) -> None:
    for statement in triggers(table.name, connection.dialect.name):
        connection.exec_driver_sql(statement)


def triggers(table: str, engine: str) -> list[str]:
    """The statements that make a table append-only on an engine."""
    if engine == "postgresql":
        refuse = f"$$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$"
        when = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
        return [
            f"CREATE OR REPLACE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS {refuse}",
            f"CREATE TRIGGER {table}_append_only {when} EXECUTE FUNCTION {table}_only_grows()",
        ]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
    return [f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}" for verb in ("UPDATE", "DELETE")]
