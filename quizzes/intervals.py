"""How sure a share is. Pure."""

from math import sqrt

Z_90 = 1.6448536269514722


def wilson(right: float, answered: int, z: float = Z_90) -> tuple[float, float]:
    """The Wilson score interval of a share, 90% by default; (0, 1) when nothing was answered.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    `right` may be a sum of part credits.
    """
    if answered == 0:
        return 0.0, 1.0
    share = right / answered
    denominator = 1 + z * z / answered
    center = (share + z * z / (2 * answered)) / denominator
    half = z * sqrt(share * (1 - share) / answered + z * z / (4 * answered * answered)) / denominator
    return max(0.0, center - half), min(1.0, center + half)
