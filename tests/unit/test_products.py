import datetime as dt

import pytest

import tariffcalc as tc
from tariffcalc.data import data_table
from tariffcalc.errors import InputError, UnknownNameError
from tariffcalc.tariffs.products import is_list_name, list_window_dates, ranges_on


def first_lists() -> str:
    """Return the names that a refusal prints."""
    names = tc.list_product_lists()
    return f"{', '.join(names[:12])}, … ({len(names)} in all)"


def test_the_lists_of_the_law_are_named_in_order() -> None:
    names = tc.list_product_lists()
    assert names == sorted(set(data_table("law/product-lists.csv.gz")["list"]))
    assert {"annex-ii", "section-232-passenger-cars", "civil-aircraft-kor"} < set(names)


@pytest.mark.parametrize(
    ("product", "is_list"), [("87", False), ("8703230140", False), ("annex-ii", True), ("", True)]
)
def test_what_is_not_all_digits_is_the_name_of_a_list(product: str, is_list: bool) -> None:
    assert is_list_name(product) is is_list


@pytest.mark.parametrize(
    ("name", "day", "count"),
    [
        ("section-232-passenger-cars", "2025-04-02", 0),
        ("section-232-passenger-cars", "2025-04-03", 13),
        ("section-232-light-trucks", "2025-10-17", 4),
        ("section-232-auto-parts", "2025-05-02", 0),
        ("section-232-auto-parts", "2025-05-03", 130),
        ("section-232-copper", "2025-07-31", 0),
        ("section-232-copper", "2025-08-01", 80),
        ("section-232-softwood", "2025-10-14", 15),
        ("section-232-upholstered-furniture", "2025-10-14", 4),
        ("section-232-kitchen-cabinets", "2025-10-14", 3),
    ],
)
def test_a_list_has_the_codes_of_the_day(name: str, day: str, count: int) -> None:
    assert len(tc.product_list(name, on=day)) == count
    assert tc.product_list(name, on=dt.date.fromisoformat(day)) == tc.product_list(name, on=day)


def test_a_code_counts_on_its_first_and_on_its_last_day() -> None:
    table = data_table("law/product-lists.csv.gz")
    row = table[table["end"].notna()].iloc[0]
    first, last = dt.date.fromisoformat(row["start"]), dt.date.fromisoformat(row["end"])
    days = [first - dt.timedelta(1), first, last, last + dt.timedelta(1)]
    listed = [row["hs"] in tc.product_list(row["list"], on=day) for day in days]
    assert listed == [False, True, True, False]


def test_a_code_that_is_listed_twice_is_named_once_in_order() -> None:
    for name in tc.list_product_lists():
        codes = tc.product_list(name, on="2025-12-31")
        assert codes == tuple(sorted(set(codes)))
        assert all(len(code) in (2, 4, 6, 8, 10) and code.isdigit() for code in codes)


def test_a_list_that_is_not_packaged_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        tc.product_list("section-232-cars", on="2025-10-17")
    assert str(caught.value) == (
        "unknown product list 'section-232-cars'; did you mean 'section-232-trucks' or "
        f"'section-232-copper' or 'section-232-truck-parts'? Allowed: {first_lists()}."
    )


@pytest.mark.parametrize("day", ["17 October 2025", "2025-9-8", None, 20251017])
def test_what_is_not_a_day_is_refused(day: object) -> None:
    with pytest.raises(InputError) as caught:
        tc.product_list("annex-ii", on=day)
    assert str(caught.value) == f"a date like 2025-10-17 is needed, given {day!r}"


def test_a_list_changes_on_first_days_and_after_last_days() -> None:
    assert list_window_dates("annex-ii") == (
        dt.date(2025, 4, 5),
        dt.date(2025, 8, 1),
        dt.date(2025, 9, 8),
        dt.date(2025, 10, 14),
        dt.date(2025, 11, 13),
    )
    assert list_window_dates("section-232-copper") == (dt.date(2025, 8, 1), dt.date(2026, 4, 6))
    before = dt.date(2026, 4, 1)  # the end became public on the second
    assert list_window_dates("section-232-copper", before) == (dt.date(2025, 8, 1),)


def test_prefixes_and_lists_make_ranges_together() -> None:
    ranges = ranges_on(("8703", "section-232-light-trucks"), dt.date(2025, 10, 17))
    assert ranges.starts.tolist() == [8703000000, 8704210100, 8704310100, 8704410000, 8704510000]
    assert ranges.ends.tolist() == [8704000000, 8704210200, 8704310200, 8704410100, 8704510100]
    assert ranges_on(("section-232-light-trucks",), dt.date(2025, 4, 2)).starts.size == 0
