"""Hold-outs: who of a campaign is not written to, so that what its messages do can be measured.

Invariant: by campaign and receiver alone, so that nobody changes sides between runs, restarts and processes; the share
held out is the campaign's, whoever else is in the audience. It concerns messages, never a group buy or its price.
"""

import hashlib

from models.recipients import Arm

_OF = 2**64


def arm(campaign: str, receiver: str, share: float) -> tuple[Arm, float]:
    """The arm of a receiver ("p17", "c3") and the probability of being in it."""
    digest = hashlib.sha256(f"{campaign} {receiver}".encode()).digest()
    held_out = int.from_bytes(digest[:8]) < share * _OF
    return (Arm.HELD_OUT, share) if held_out else (Arm.WRITTEN_TO, 1.0 - share)
