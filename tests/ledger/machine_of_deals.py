"""All that people are given and what they do with it, in any order, against a pure model, with every check of `tuan verify`
after each step: group buys and orders, vouchers, points, wallets, packets, invitations, draws; who comes, leaves, is erased.

`python -m tests.ledger.machine_of_deals --count 2000` is the long run. foreseen.py, handed_out.py, model_invitations.py and
model_draws.py say what must come of each step; lots (who is drawn, how large a random share is) are read and held against
what a lot may be. `--plant` makes the code wrong in one of the ways of machine_faults.py.
"""

import sys

from tests.ledger import machine_faults, machine_run
from tests.ledger.buying import Buying
from tests.ledger.machine_draws import Drawing
from tests.ledger.machine_invitations import Inviting
from tests.ledger.machine_letters import Giving
from tests.ledger.machine_packets import Opening
from tests.ledger.machine_people import Coming


class Machine(Coming, Inviting, Giving, Opening, Drawing):
    """All of it."""


class Bought(Giving, Buying):
    """Group buys and vouchers alone, where faults of orders are found sooner."""


class Invited(Coming, Inviting):
    """Friends who come, buy and leave."""


class Given(Coming, Opening, Drawing):
    """Packets and draws."""


OF = {"orders": Bought, "invitations": Invited, "draws and packets": Given}
FAULTS = {fault: plant for faults in machine_faults.FAULTS.values() for fault, plant in faults.items()}


def main() -> int:
    return machine_run.main(Machine, __doc__, FAULTS)


if __name__ == "__main__":
    sys.exit(main())
