"""Money as integer minor units of one currency a shop. No floats, no formatting (words live in bot/core)."""

from collections.abc import Sequence


def prorate(total: int, weights: Sequence[int]) -> list[int]:
    """Splits `total` minor units by `weights`, conserving the sum: the largest remainders get the odd units (Hamilton's method).

    Raises ValueError for no weights, a negative weight, or weights that are all zero.
    """
    if not weights or min(weights) < 0 or sum(weights) == 0:
        raise ValueError("prorate needs weights that are not negative and not all zero")
    whole = sum(weights)
    sign = -1 if total < 0 else 1
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    shares = [share for share, _ in parts]
    left = abs(total) - sum(shares)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))
    for i in by_remainder[:left]:
        shares[i] += 1
    return [sign * share for share in shares]
