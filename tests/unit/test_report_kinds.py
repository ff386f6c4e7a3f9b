import math

import pytest

from tariffcalc.report.kinds import (
    BILLIONS,
    COUNT,
    DUTY_RATE,
    ELASTICITY,
    EXCHANGE,
    MULTIPLE,
    PER_CENT,
    PLAIN,
    POINTS,
    TRILLIONS,
    YEAR,
    Kind,
    kind_of,
    money,
)

NOTHING = float("nan")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (BILLIONS, 350e9, "350.0"),
        (BILLIONS, 1234.56e9, "1,234.6"),
        (BILLIONS, -1.04e9, "-1.0"),
        (BILLIONS, -0.04e9, "0.0"),
        (BILLIONS, -0.0, "0.0"),
        (BILLIONS, 0.25e9, "0.2"),
        (BILLIONS, NOTHING, "-"),
        (BILLIONS, math.inf, "∞"),
        (BILLIONS, -math.inf, "-∞"),
        (TRILLIONS, 4.875e14, "487.5"),
        (PER_CENT, 0.15049, "15.0%"),
        (PER_CENT, -0.01, "-1.0%"),
        (PER_CENT, 20.0, "2000.0%"),
        (PER_CENT, NOTHING, "-"),
        (DUTY_RATE, 0.15049, "15.05%"),
        (POINTS, -14.352, "-14.35 pp"),
        (MULTIPLE, 20.0, "20.00x"),
        (MULTIPLE, NOTHING, "-"),
        (YEAR, 2046.0, "2046"),
        (YEAR, NOTHING, "never"),
        (COUNT, 8327, "8327"),
        (EXCHANGE, 1392.9052, "1,392.9"),
        (ELASTICITY, -1.440773, "-1.441"),
        (PLAIN, 0.1, "0.1"),
        (PLAIN, 20, "20"),
        (PLAIN, 422_000_000_000.5, "422,000,000,000"),
        (PLAIN, -422_000_000_000.0, "-422,000,000,000"),
        (PLAIN, 1.5e-9, "1.5e-09"),
        (PLAIN, -0.0, "0"),
    ],
)
def test_a_figure_has_the_digits_of_its_kind(kind: Kind, value: float, shown: str) -> None:
    assert kind.text(value) == shown


@pytest.mark.parametrize(
    ("column", "unit", "kind"),
    [
        ("a", "USD", BILLIONS),
        ("a", "USD per year", BILLIONS),
        ("a", "USD, or units of quantity", PLAIN),
        ("a_usd", "", BILLIONS),
        ("a_usd", "1", PLAIN),
        ("a", "fraction of customs value", DUTY_RATE),
        ("a", "fraction per year", PER_CENT),
        ("a", "share of GDP", PER_CENT),
        ("a", "percentage points", POINTS),
        ("a", "multiple of yearly FX capacity", MULTIPLE),
        ("a", "relief per USD of net cost", MULTIPLE),
        ("a", "calendar year", YEAR),
        ("a", "payer's currency per USD", EXCHANGE),
        ("a", "payer's currency", TRILLIONS),
        ("a", "% per %", ELASTICITY),
        ("a_krw", "", TRILLIONS),
        ("a_rate", "", PER_CENT),
        ("cash_share", "", PER_CENT),
        ("project_irr", "", PER_CENT),
        ("a_pp", "", POINTS),
        ("a_year", "", YEAR),
        ("draw_years", "", PLAIN),
    ],
)
def test_the_unit_or_else_the_name_says_the_kind(column: str, unit: str, kind: Kind) -> None:
    assert kind_of(column, unit) is kind


@pytest.mark.parametrize(
    ("largest", "unit", "shown"),
    [
        (1e11, "$bn", "100.0"),
        (9.99e10, "$bn", "99.90"),
        (1e9, "$bn", "1.00"),
        (9.99e8, "$m", "999.0"),
        (1e6, "$m", "1.0"),
        (999_999.0, "$", "999,999.00"),
        (0.0, "$bn", "0.0"),
    ],
)
def test_the_largest_figure_says_the_scale(largest: float, unit: str, shown: str) -> None:
    kind = money(largest)
    assert (kind.unit, kind.text(largest)) == (unit, shown)
    assert kind_of("a", "USD", kind) is kind_of("a_usd", "", kind) is kind
