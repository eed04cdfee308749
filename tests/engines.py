"""What engines of tests share: SQLAlchemy compiles each statement once an engine, and a test that makes an engine of its
own would compile everything anew, which takes longer than most tests do. Connections are each engine's own.
"""

from sqlalchemy import Engine

_FIRST: dict[str, Engine] = {}  # by dialect: whose memory of compiled statements the others use


def sharing(engine: Engine) -> Engine:
    """The engine, remembering what was compiled for others of its dialect before."""
    name = engine.dialect.name
    if name not in _FIRST:
        engine.connect().close()  # its dialect has seen a server
        _FIRST[name] = engine
    engine.dialect, engine._compiled_cache = _FIRST[name].dialect, _FIRST[name]._compiled_cache
    return engine
