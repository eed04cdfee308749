"""`tuan draw verify FILE`: recomputes a lucky draw's winners from its published record, with the standard library alone."""

import sys
from argparse import Namespace

from models import draw_record


def main(args: Namespace) -> int:
    try:
        record = draw_record.read(args.file)
        proven = draw_record.verified(record, seed_sha256=args.seed, tickets_sha256=args.tickets)
    except draw_record.RecordRefused as refused:
        print(f"tuan: {refused}", file=sys.stderr)
        return 1
    print(*draw_record.sentences(proven), sep="\n")
    return 0
