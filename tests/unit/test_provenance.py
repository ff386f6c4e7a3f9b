import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.scenario.provenance import matches, provenance_of, speaking


def entries(*paths: str) -> dict[str, tc.Provenance]:
    return {path: tc.Provenance(status="derived", source=path) for path in paths}


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("a.b.c", "a.b.c", True),
        ("a.b.c", "a.*.c", True),
        ("a.b.c", "*.*.*", True),
        ("a.b.c", "a.b", False),
        ("a.b.c", "a.b.c.d", False),
        ("a.b.c", "a.*", False),
        ("a.b.c", "a.b.x", False),
        ("a.b.c", "a.b*.c", False),
        ("a", "*", True),
        ("a.*.c", "a.b.c", False),
    ],
)
def test_a_star_stands_for_one_whole_part(path: str, pattern: str, fits: bool) -> None:
    assert matches(path, pattern) is fits


def test_the_exact_entry_speaks_before_any_pattern() -> None:
    stated = entries("*.b", "a.*", "a.b")
    assert provenance_of("a.b", stated) == ("a.b", stated["a.b"])


@pytest.mark.parametrize(
    ("path", "patterns", "chosen"),
    [
        ("a.b.c", ["*.*.c", "a.*.c"], "a.*.c"),  # fewer stars
        ("aa.b.c", ["*.b.c", "aa.b.*"], "aa.b.*"),  # as many, but more letters
        ("a.b.c", ["a.*.c", "a.b.*", "*.b.c"], "*.b.c"),  # as long: the first in the alphabet
        ("a.b.c", ["x.*.c", "a.b"], None),
        ("a.b.c", [], None),
    ],
)
def test_the_most_specific_pattern_speaks(path: str, patterns: list, chosen: str | None) -> None:
    for order in (patterns, patterns[::-1]):
        found = provenance_of(path, entries(*order))
        assert (None if found is None else found[0]) == chosen


def test_entries_speak_when_a_path_is_there() -> None:
    paths = ["a.b", "c.d.e"]
    given = ["a.b", "a.*", "b.*", "c.*.e", "c.d", "*", "c.d.e.f"]
    assert speaking(iter(given), iter(paths)) == ["a.b", "a.*", "c.*.e"]
    assert speaking(given, []) == []


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"low": 0.5}, "low and high: give both ends of a range, or none"),
        ({"high": 0.5}, "low and high: give both ends of a range, or none"),
        ({"low": 0.5, "high": 0.25}, "low 0.5 is above high 0.25; swap them"),
        ({"low": "0", "high": 1.0}, "low: a number is needed, given '0'"),
        ({"low": 0.0, "high": float("nan")}, ("high: a finite number is needed, given nan; leave "
         "out what is unknown")),
        ({"date": 20251017}, "date: a date like 2025-10-17 is needed, given 20251017"),
        ({"sources": "x"}, ("sources: unknown field; did you mean 'source'? Allowed: status, "
         "source, date, low, high, fact.")),
    ],
)  # fmt: skip
def test_an_origin_that_cannot_be_is_refused(fields: dict, fault: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.Provenance.from_tree({"status": "derived", "source": "x", **fields})
    assert str(caught.value) == f"Provenance cannot be built:\n  - {fault}"


def test_a_range_may_be_a_point_or_missing() -> None:
    point = tc.Provenance(status="reported", source="x", low=0.5, high=0.5)
    assert (point.low, point.high) == (0.5, 0.5)
    bare = tc.Provenance(status="reported", source="x")
    assert (bare.low, bare.high, bare.date, bare.fact) == (None, None, None, None)
    whole = tc.Provenance(status="reported", source="x", low=0, high=1)
    assert whole == tc.Provenance(status="reported", source="x", low=0.0, high=1.0)
