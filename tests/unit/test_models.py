import copy
import datetime as dt
import inspect
import math
import pickle
import sys

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import (
    Count,
    Date,
    Growth,
    Model,
    Money,
    Name,
    Named,
    Number,
    Rate,
    Share,
    Table,
    as_date,
    check_fraction,
    check_number,
    check_unique,
    is_named,
    leaves,
    number,
    read_date,
    read_named,
    shown,
    tree,
)


class Row(Model):
    """A row with a name."""

    name: Name
    amount: Money = number("USD", "amount", default=0.0)
    word: str | None = None


class Box(Model):
    """Each shape that a field can have."""

    share: Share | None = number("share", "a share", default=None)
    inner: Row | None = None
    rows: Named[Row] = ()
    pairs: tuple[tuple[int, float], ...] = ()
    words: tuple[str, ...] = ()


class Kinds(Model):
    """Each kind of plain field."""

    number: Number = 0.0
    rate: Rate = 0.0
    growth: Growth = 0.0
    share: Share = 0.0
    money: Money = 0.0
    count: Count = 0
    day: Date = dt.date(2025, 1, 1)
    label: Name = "x"


@pytest.mark.parametrize("value", [0, 1, -1, 0.5, -2.5, sys.float_info.max, -sys.float_info.max])
def test_a_finite_number_passes_as_it_is(value: float) -> None:
    assert check_number(value) == value


def test_a_negative_zero_becomes_zero() -> None:
    assert math.copysign(1.0, check_number(-0.0)) == 1.0


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (True, "a number is needed, given True"),
        ("1", "a number is needed, given '1'"),
        (None, "a number is needed, given None"),
        (1j, "a number is needed, given 1j"),
        (math.nan, "a finite number is needed, given nan; leave out what is unknown"),
        (-math.inf, "a finite number is needed, given -inf; leave out what is unknown"),
        (
            10**309,
            (
                "a finite number is needed, given a whole number over 1.8e308; leave out what is "
                "unknown"
            ),
        ),
    ],
)
def test_what_is_no_finite_number_is_refused(value: object, fault: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is compared
        check_number(value)
    assert str(caught.value) == fault


def test_a_number_too_long_to_print_is_refused_without_printing_it() -> None:
    with pytest.raises(ValueError, match=r"given a whole number over 1\.8e308; leave"):
        check_number(-(10**5000))


def test_ten_is_the_highest_rate() -> None:
    assert check_fraction(10) == 10
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        check_fraction(10.5)
    assert str(caught.value) == "rates are fractions: 10.5 means 1050%; did you mean 0.105?"


def test_dates_are_read_from_dates_and_iso_text() -> None:
    assert read_date(dt.date(2025, 10, 17)) == as_date("2025-10-17") == dt.date(2025, 10, 17)
    assert as_date("20251017") == dt.date(2025, 10, 17)  # ISO 8601 has a basic form as well


@pytest.mark.parametrize("value", ["17 October", 5, None, 1.5, b"2025-10-17"])
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(InputError) as caught:
        as_date(value)  # type: ignore[arg-type]
    assert str(caught.value) == f"a date like 2025-10-17 is needed, given {value!r}"


def test_a_moment_is_no_date() -> None:
    with pytest.raises(InputError) as caught:
        as_date(pd.Timestamp("2025-10-17"))
    assert str(caught.value) == (
        "a date without a time of day is needed, given Timestamp('2025-10-17 00:00:00')"
    )


def test_a_table_keyed_by_name_becomes_rows() -> None:
    row = Row(name="b")
    assert read_named({"a": {"amount": 1.0}, "b": row}) == ({"name": "a", "amount": 1.0}, row)
    assert read_named({"a": {"name": "a"}}) == ({"name": "a"},)
    assert read_named([1]) == [1]
    assert read_named({}) == ()


@pytest.mark.parametrize("row", [{"name": "b"}, Row(name="b")])
def test_a_row_with_two_names_is_refused(row: object) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        read_named({"x": {"name": "x"}, "a": row})
    assert str(caught.value) == "the row 'a' names itself 'b'; give it one name"


def test_names_given_twice_are_listed_once_each() -> None:
    rows = tuple(Row(name=name) for name in "abcab")
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        check_unique(rows)
    assert str(caught.value) == "names must differ; given more than once: a, b"
    assert check_unique(rows[:3]) == rows[:3]


@pytest.mark.parametrize(
    ("field", "low", "high", "below", "above"),
    [
        ("number", -1e300, 1e300, None, None),
        ("rate", 0.0, 10.0, -1e-9, 10.01),
        ("growth", -0.999, 10.0, -1.0, 10.01),
        ("share", 0.0, 1.0, -1e-9, 1.000001),
        ("money", 0.0, 1e18, -0.01, None),
        ("count", 0, 10**6, -1, None),
    ],
)
def test_each_kind_of_number_has_its_limits(
    field: str, low: float, high: float, below: float | None, above: float | None
) -> None:
    for value in (low, high):
        assert getattr(Kinds.from_tree({field: value}), field) == value
    for value in (below, above):
        if value is not None:
            with pytest.raises(InputError):
                Kinds.from_tree({field: value})


def test_a_count_is_a_whole_number_and_nothing_like_it() -> None:
    for value in (1.0, True, "1", None):
        with pytest.raises(InputError) as caught:
            Kinds(count=value)
        assert str(caught.value) == (
            f"Kinds cannot be built:\n  - count: input should be a valid integer, given {value!r}"
        )


@pytest.mark.parametrize("name", ["a", "A-1_b", "9", "x" * 80])
def test_a_name_is_letters_digits_and_dashes(name: str) -> None:
    assert Kinds(label=name).label == name


@pytest.mark.parametrize("name", ["", "-a", "_a", "a b", "a.b", "é", "a\n", "x" * 81])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="label: string should"):
        Kinds(label=name)


def test_a_number_carries_its_unit_and_meaning() -> None:
    field = Row.model_fields["amount"]
    assert (field.description, field.json_schema_extra) == ("amount", {"unit": "USD"})


def test_the_written_form_has_rows_by_name_and_nothing_unknown() -> None:
    box = Box(
        inner=Row(name="i", word="w"),
        rows=(Row(name="a", amount=1.0), Row(name="b")),
        pairs=((2026, 0.5), (2027, 0.5)),
        words=("x", "y"),
    )
    assert tree(box) == {
        "inner": {"name": "i", "amount": 0.0, "word": "w"},
        "rows": {"a": {"amount": 1.0}, "b": {"amount": 0.0}},
        "pairs": [[2026, 0.5], [2027, 0.5]],
        "words": ["x", "y"],
    }
    assert tree(box, skip=("inner", "rows", "pairs")) == {"words": ["x", "y"]}
    assert Box.from_tree(tree(box)) == box
    assert tree(Box()) == {"rows": {}, "pairs": [], "words": []}


def test_leaves_are_walked_in_order_with_their_fields() -> None:
    box = Box(share=0.5, inner=Row(name="i"), rows=(Row(name="a", word="w"),))
    found = [(path, value) for path, value, _ in leaves(box)]
    assert found == [
        ("share", 0.5),
        ("inner.name", "i"),
        ("inner.amount", 0.0),
        ("rows.a.amount", 0.0),
        ("rows.a.word", "w"),
        ("pairs", ()),
        ("words", ()),
    ]
    assert {path: field for path, _, field in leaves(box)}["rows.a.word"] is Row.model_fields[
        "word"
    ]
    assert [path for path, _, _ in leaves(box, skip=("inner", "rows", "pairs"))] == [
        "share",
        "words",
    ]
    assert [path for path, _, _ in leaves(Row(name="a"), "x.")] == ["x.name", "x.amount"]


def test_only_tables_keyed_by_name_are_named() -> None:
    named = {field: is_named(Box, field) for field in Box.model_fields}
    assert named == {"share": False, "inner": False, "rows": True, "pairs": False, "words": False}


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (Row(name="a", amount=1.0), "Row('a')"),
        (Box(share=0.5, words=("x",)), "Box(share=0.5)"),
        (Box(), "Box()"),
        (
            tc.Drawdown.level(3),
            "Drawdown(kind='level', years=3, carry_over=False, allocation='pro_rata')",
        ),
        (
            tc.Valuation(base_date="2026-01-01", discount_rate=0.05),
            (
                "Valuation(base_date=datetime.date(2026, 1, 1), discount_rate=0.05, "
                "timing='outlays_start_receipts_end', frequency='Y')"
            ),
        ),
    ],
)
def test_an_object_shows_its_name_or_its_plain_fields(shown: Model, text: str) -> None:
    assert repr(shown) == str(shown) == text


@pytest.mark.parametrize(
    ("lengths", "kept"),
    [([220], 1), ([221], 1), ([100, 118], 2), ([100, 119], 1), ([221, 1], 1), ([70, 70, 76], 3),
     ([70, 70, 77], 2), ([], 0)],
)  # fmt: skip
def test_what_is_shown_ends_after_a_field(lengths: list[int], kept: int) -> None:
    fields = ["x" * length for length in lengths]
    dots = ["…"] if kept < len(fields) else []
    assert shown(fields) == ", ".join(fields[:kept] + dots)


def test_an_object_cannot_be_changed() -> None:
    row = Row(name="a")
    for change in (lambda: setattr(row, "name", "b"), lambda: delattr(row, "name")):
        with pytest.raises(InputError) as caught:
            change()
        assert str(caught.value) == "Row cannot be changed; build another one"
    assert row.name == "a"


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.__setitem__("b", 2),
        lambda table: table.__delitem__("a"),
        lambda table: table.__ior__({"b": 2}),
        lambda table: table.clear(),
        lambda table: table.pop("a"),
        lambda table: table.popitem(),
        lambda table: table.setdefault("b", 2),
        lambda table: table.update(b=2),
    ],
)
def test_a_table_cannot_be_changed(change: object) -> None:
    table = Table({"a": 1})
    with pytest.raises(InputError) as caught:
        change(table)  # type: ignore[operator]
    assert str(caught.value) == (
        "a table of a declared object cannot be changed; build another one"
    )
    assert table == {"a": 1}


def test_a_table_has_a_hash_and_copies() -> None:
    table = Table({"a": 1, "b": 2})
    assert hash(table) == hash(Table({"b": 2, "a": 1})) != hash(Table({"a": 1}))
    for other in (copy.copy(table), copy.deepcopy(table), pickle.loads(pickle.dumps(table))):  # noqa: S301
        assert other == table
        assert type(other) is Table


def test_fields_are_given_by_name() -> None:
    with pytest.raises(InputError) as caught:
        Row("a", 1.0)
    assert str(caught.value) == "Row takes keyword arguments only, given 'a'"
    with pytest.raises(InputError) as caught:
        Row.from_tree(5)  # type: ignore[arg-type]
    assert str(caught.value) == "Row: a table is needed, given 5"


def test_the_signature_of_a_model_names_its_fields_and_defaults() -> None:
    found = inspect.signature(tc.Side)
    assert list(found.parameters) == list(tc.Side.model_fields)
    for model in (tc.Waterfall, tc.Loan, tc.Scenario, tc.TariffSchedule, tc.Normal):
        signature = inspect.signature(model)
        assert list(signature.parameters) == list(model.model_fields)
        for name, parameter in signature.parameters.items():
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY
            field = model.model_fields[name]
            assert (parameter.default is inspect.Parameter.empty) == field.is_required()
            if not field.is_required() and field.default_factory is None:
                assert parameter.default == field.default
