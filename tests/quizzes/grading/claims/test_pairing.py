from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.grading.claims.pairing import best_pairs

edges = st.tuples(st.integers(0, 5), st.integers(0, 4))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(edges, st.integers(1, 10**6), max_size=16))
def test_no_other_pairing_gains_more(gains):
    pairs = best_pairs(gains)
    assert len({key for key, _ in pairs}) == len({line for _, line in pairs}) == len(pairs)
    assert set(pairs) <= set(gains)
    keys = range(6)
    most = max(
        sum(gains.get((key, line), 0) for line, key in enumerate(order)) for order in permutations(keys, 5)
    )
    assert sum(gains[pair] for pair in pairs) == most


def test_lines_that_nothing_links_are_paired_apart():
    assert sorted(best_pairs({(0, 0): 1, (1, 2): 5, (1, 3): 6, (4, 2): 3})) == [(0, 0), (1, 3), (4, 2)]
    assert best_pairs({}) == []
