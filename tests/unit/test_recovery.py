import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.models import tree
from tariffcalc.numeric.cases import Cases
from tariffcalc.numeric.timeline import Timeline
from tariffcalc.pledge.recovery import Rules, handed_over, recover, rules_of

PLAIN = {"split_before": 0.5, "split_after": 0.25, "deemed_rate": 0.0}
ADJUSTED = {"adjuster_years": 2, "split_adjusted": 0.75}


def row(*values: float) -> np.ndarray:
    return np.array([[float(value) for value in values]])


def rules(
    periods: int, *, unpaid: list | None = None, deadline: float = 2.0, **terms: object
) -> Rules:
    waterfall = tc.Waterfall(**{**PLAIN, **ADJUSTED, **terms})
    on = waterfall.adjuster != "none"
    return Rules(
        waterfall,
        np.array([waterfall.split_before]),
        np.array([waterfall.split_after]),
        np.full((1, periods), waterfall.deemed_rate),
        np.array([waterfall.split_adjusted]) if on else None,
        np.array([deadline]) if on else None,
        None if unpaid is None else np.array([unpaid], dtype=bool),
    )


def test_what_is_missed_is_split_by_the_adjusted_share_from_the_next_period_on() -> None:
    cash, calls = row(0, 40, 40, 40, 200), row(100, 0, 0, 0, 0)
    received, owed = recover(rules(5, adjuster="at_deadline"), calls, cash, None)
    # 100, 80 at the deadline after two periods; then ¾ of 40 is 30 each: 50, 20; 20/¾ fill it.
    assert owed.tolist() == [[100.0, 80.0, 50.0, 20.0, 0.0]]
    assert received.tolist() == [[0.0, 20.0, 30.0, 30.0, pytest.approx(20 + (200 - 20 / 0.75) / 4)]]


def test_the_deadline_counts_from_the_first_draw() -> None:
    cash, calls = row(8, 0, 40, 40, 40), row(0, 100, 0, 0, 0)
    received, _ = recover(rules(5, adjuster="at_deadline"), calls, cash, None)
    assert received.tolist() == [[2.0, 0.0, 20.0, 30.0, 30.0]]
    foreseen, _ = recover(rules(5, adjuster="foreseen"), calls, cash, None)
    assert foreseen.tolist() == [[2.0, 0.0, 30.0, 30.0, 30.0]]


def test_what_is_recovered_in_time_is_not_adjusted() -> None:
    cash, calls = row(0, 200, 40, 40, 40), row(100, 0, 0, 8, 0)
    for kind in ("at_deadline", "foreseen", "none"):
        received, owed = recover(rules(5, adjuster=kind), calls, cash, None)
        assert received.tolist() == [[0.0, 100.0, 10.0, 8.0 + 0.25 * 24, 10.0]], kind
        assert owed.tolist() == [[100.0, 0.0, 0.0, 0.0, 0.0]]


def test_a_balance_of_a_trillionth_of_the_draws_is_rounding() -> None:
    for left, adjusted in ((0.5e-10, False), (2e-10, True)):
        cash, calls = row(200 - 2 * left, 0, 40), row(100, 0, 0)
        for kind in ("at_deadline", "foreseen"):
            late = recover(rules(3, adjuster=kind, deadline=1.0), calls, cash, None)[0]
            plain = recover(rules(3), calls, cash, None)[0]
            assert (late.tolist() != plain.tolist()) == adjusted, (left, kind)


def test_the_trillionth_is_of_all_draws_together() -> None:
    cash, calls = row(100, 100 - 4e-10, 40), row(50, 50, 0)
    late = recover(rules(3, adjuster="at_deadline"), calls, cash, None)[0]
    assert late.tolist() != recover(rules(3), calls, cash, None)[0].tolist()
    cash, calls = row(100, 100 - 1.9e-10, 40), row(50, 50, 0)
    late = recover(rules(3, adjuster="at_deadline"), calls, cash, None)[0]
    assert late.tolist() == recover(rules(3), calls, cash, None)[0].tolist()


def test_a_deadline_after_the_last_period_is_missed_where_something_is_left_then() -> None:
    calls = row(100, 0, 0)
    for cash, missed in ((row(0, 0, 200), False), (row(0, 0, 160), True)):
        foreseen = recover(rules(3, adjuster="foreseen", deadline=50.0), calls, cash, None)[0]
        plain = recover(rules(3), calls, cash, None)[0]
        assert (foreseen.tolist() != plain.tolist()) == missed
        late = recover(rules(3, adjuster="at_deadline", deadline=50.0), calls, cash, None)[0]
        assert late.tolist() == plain.tolist()


def test_only_the_cases_that_miss_are_adjusted() -> None:
    cash = np.array([[0.0, 200.0, 40.0], [0.0, 40.0, 40.0]])
    received, _ = recover(rules(3, adjuster="foreseen"), row(100, 0, 0), cash, None)
    assert received.tolist() == [[0.0, 100.0, 10.0], [0.0, 30.0, 30.0]]
    received, _ = recover(rules(3, adjuster="at_deadline"), row(100, 0, 0), cash, None)
    assert received.tolist() == [[0.0, 100.0, 10.0], [0.0, 20.0, 30.0]]


def test_cases_may_differ_in_the_terms_of_the_adjuster_alone() -> None:
    cash, calls = row(0, 40, 40, 40), row(100, 0, 0, 0)
    of = rules(4, adjuster="at_deadline")
    for shares, deadlines, expected in (
        ([0.75], [2.0, 3.0], [[0, 20, 30, 30], [0, 20, 20, 30]]),
        ([0.75, 1.0], [2.0], [[0, 20, 30, 30], [0, 20, 40, 40]]),
    ):
        varied = Rules(
            of.waterfall, of.before, of.after, of.rate, np.array(shares), np.array(deadlines)
        )
        assert recover(varied, calls, cash, None)[0].tolist() == expected


def test_the_per_period_kind_is_adjusted_on_its_shortfall() -> None:
    # 50 fall due in each of the first two periods; 20 of 40 are short after one of them.
    cash, calls, due = row(40, 40, 400), row(100, 0, 0), row(50, 50, 0)
    of = rules(3, adjuster="at_deadline", deadline=1.0, daa="per_period")
    received, short = recover(of, calls, cash, due)
    assert short.tolist() == [[30.0, 50.0, 0.0]]
    assert received.tolist() == [[20.0, 30.0, pytest.approx(50 + (400 - 50 / 0.75) / 4)]]


def test_what_the_host_keeps_counts_only_where_all_distributions_do() -> None:
    cash, calls = row(40, 40, 200), row(100, 0, 0)
    own = recover(rules(3, unpaid=[0, 1, 0]), calls, cash, None)
    assert own[0].tolist() == [[20.0, 0.0, 80.0 + 0.25 * 40]]
    assert own[1].tolist() == [[80.0, 80.0, 0.0]]
    every = recover(rules(3, unpaid=[0, 1, 0], counts="all_distributions"), calls, cash, None)
    assert every[0].tolist() == [[20.0, 0.0, 10.0 + 0.25 * 180]]
    assert every[1].tolist() == [[60.0, 20.0, 0.0]]


def test_what_will_be_released_counts_as_received() -> None:
    cash, calls = row(40, 40, 200), row(100, 0, 0)
    plain = recover(rules(3), calls, cash, None)
    held = recover(rules(3, unpaid=[0, 1, 0], withheld="released"), calls, cash, None)
    assert [a.tolist() for a in held] == [a.tolist() for a in plain]


def test_what_is_held_is_handed_over_when_no_call_is_unpaid() -> None:
    unpaid = np.array([[0, 1, 1, 0, 0, 1, 0, 1]], dtype=bool)
    held = row(0, 5, 7, 0, 0, 3, 0, 9)
    assert handed_over(held, unpaid).tolist() == [[0, 0, 0, 12, 0, 0, 3, 0]]
    assert handed_over(held, unpaid).flags.f_contiguous
    cases = np.array([[True, False], [False, True]])
    found = handed_over(np.array([[4.0, 0.0], [0.0, 2.0]]), cases)
    assert found.tolist() == [[0.0, 4.0], [0.0, 0.0]]


CURVE = tc.RateCurve(name="treasury", points=((1.0, 0.21),))


def deemed(per_year: int = 1, varied: dict | None = None, **terms: object) -> np.ndarray:
    arrays = {name: np.array(values) for name, values in (varied or {}).items()}
    size = max((len(values) for values in arrays.values()), default=1)
    structure = tc.FundingStructure(
        name="x",
        tranches=(tc.Tranche(name="all", instrument=tc.Equity(), share=1.0),),
        project_irr=0.07,
        life_years=5,
        waterfall=tc.Waterfall(**{**PLAIN, **terms}),
    )
    economy = tc.Economy(reserves_usd=1.0, fx_capacity_usd=1.0, krw_per_usd=1.0, curves=(CURVE,))
    return rules_of(
        Cases(tree(structure), arrays, size),
        structure,
        Cases(tree(economy), {}, size),
        Timeline(2026, per_year),
        None,
        3,
    ).rate


def test_the_deemed_rate_of_each_period_is_fixed_or_floats_and_has_its_spread() -> None:
    assert deemed(deemed_rate=0.5).tolist() == [[0.5]]
    assert deemed(deemed_rate=0.5, deemed_spread=0.25).tolist() == [[0.75]]
    floating = {"deemed_rate": None, "deemed_curve": "treasury"}
    assert deemed(**floating)[0] == pytest.approx([0.21] * 3, rel=1e-14)
    assert deemed(**floating, deemed_spread=0.23)[0] == pytest.approx([0.44] * 3, rel=1e-14)
    # Half a year at 21% and 23% above it is 20%, not 10% and 11%: the spread is a yearly one too.
    quarter = deemed(4, **floating, deemed_spread=0.23)[0]
    assert (1.0 + quarter) ** 4 == pytest.approx([1.44] * 3, rel=1e-14)


def test_a_varied_deemed_rate_or_spread_has_a_row_for_each_case() -> None:
    rates = deemed(varied={"waterfall.deemed_rate": [0.25, 0.5]}, deemed_spread=0.25)
    assert rates.tolist() == [[0.5], [0.75]]
    spreads = deemed(
        varied={"waterfall.deemed_spread": [0.0, 0.25]},
        deemed_rate=None,
        deemed_curve="treasury",
        deemed_spread=0.0,
    )
    assert spreads == pytest.approx(np.array([[0.21] * 3, [0.46] * 3]), rel=1e-14)


def test_a_deemed_rate_of_minus_1_is_refused() -> None:
    for terms, varied, lowest in (
        ({"deemed_rate": None, "deemed_curve": "treasury", "deemed_spread": -0.99}, {}, None),
        ({"deemed_spread": 0.0}, {"waterfall.deemed_spread": [0.0, -1.0]}, "-1"),
        ({"deemed_spread": -0.5}, {"waterfall.deemed_rate": [-0.75, 0.0]}, "-1.25"),
    ):
        if lowest is None:
            assert deemed(varied=varied, **terms)[0] == pytest.approx([-0.78] * 3)
            continue
        with pytest.raises(InputError) as caught:
            deemed(varied=varied, **terms)
        assert str(caught.value) == (
            f"waterfall.deemed_spread: the deemed rate with it has to be above -1, given {lowest}; "
            "raise it"
        )


def test_rules_read_the_adjuster_in_periods_and_unpaid_calls_where_there_are_any() -> None:
    structure = tc.FundingStructure(
        name="x",
        tranches=(tc.Tranche(name="all", instrument=tc.Equity(), share=1.0),),
        project_irr=0.07,
        life_years=5,
        waterfall=tc.Waterfall(**PLAIN, **ADJUSTED, adjuster="foreseen"),
    )
    nothing = Cases({}, {})
    for unpaid, flags in (
        (None, None),
        (row(0, 0), None),
        (row(0, 1), [[False, True]]),
        (row(0.5, 0), [[True, False]]),
    ):
        found = rules_of(
            Cases(tree(structure), {}), structure, nothing, Timeline(2026, 4), unpaid, 2
        )
        assert (found.before.tolist(), found.after.tolist()) == ([0.5], [0.25])
        assert (found.adjusted.tolist(), found.deadline.tolist()) == ([0.75], [8.0])
        assert (None if found.unpaid is None else found.unpaid.tolist()) == flags
    plain = structure.model_copy(update={"waterfall": tc.Waterfall(**PLAIN, **ADJUSTED)})
    found = rules_of(Cases(tree(plain), {}), plain, nothing, Timeline(2026), None, 2)
    assert (found.adjusted, found.deadline) == (None, None)
