"""`tuan sandbox`: the pretend Telegram alone, as `python -m sandbox` starts it."""

from argparse import Namespace

from sandbox.__main__ import main as serve


def main(args: Namespace) -> int:
    state = ["--state", str(args.state)] if args.state else []
    return serve(["--port", str(args.port), *state])
