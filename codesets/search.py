"""Search as you type: code prefixes, then full text over titles and inclusion terms.

What looks like the beginning of a code is looked up as one. Words are looked up in the stored vectors, the
last one as a prefix, all of them first and any of them when that gives too little.
"""

import re
from collections.abc import Sequence

from codesets.values import ReleaseInfo, SearchHit

LONGEST_QUERY = 200
MOST = 100
CANDIDATES = 400
_CODE = re.compile(r"[A-Za-z][0-9A-Za-z][0-9A-Za-z]?(?:[.\s-]?[0-9A-Za-z]{0,4})?")
_WORD = re.compile(r"[^\W_]+")


def search(
    q: str, releases: Sequence[ReleaseInfo], *, billable: bool | None = None, limit: int = 20
) -> list[SearchHit]:
    """Best first, at most `limit` (and at most 100). Nothing for a query without a letter or digit."""
    return []
