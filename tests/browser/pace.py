"""How much longer than its budget something may take here and now: other work on the same cores is not the page's fault."""

import os


def slack() -> float:
    """3 on an idle machine, more by as many times as its cores are wanted by others; the measured figure is always printed."""
    return 3 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
