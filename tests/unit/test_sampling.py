import numpy as np
import pytest

import tariffcalc as tc
from tariffcalc.analysis.sampling import MOST_COMBINATIONS, is_held, sampled
from tariffcalc.analysis.settings import setting
from tariffcalc.analysis.uncertainty import uncertainty
from tariffcalc.errors import InputError

FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
OWN = "pledge.structures.x"


@pytest.mark.parametrize(
    ("path", "change", "held"),
    [
        ("tariffs.durability", "tariffs.durability", True),
        ("tariffs.durability", "tariffs", True),
        ("tariffs.durability", "tariffs.dur", False),
        (f"{OWN}.drawdown.years", f"{OWN}.draw_years", True),
        (f"{OWN}.draw_years", f"{OWN}.drawdown.years", True),
        (f"{OWN}.draw_years", f"{OWN}.drawdown", True),
        (f"{OWN}.draw_years", f"{OWN}2.drawdown", False),
        (f"{OWN}.tranches.a.share", f"{OWN}.cash_share", True),
        (f"{OWN}.tranches.a.instrument.rate", f"{OWN}.cash_share", False),
        (f"{OWN}.cash_share", f"{OWN}.tranches.a.share", True),
        (f"{OWN}.cash_share", f"{OWN}.tranches", True),
        (f"{OWN}.cash_share", f"{OWN}.tranches.a.instrument.rate", False),
        (f"{OWN}.project_irr", f"{OWN}.cash_share", False),
    ],
)
def test_what_a_change_sets_is_held(path: str, change: str, *, held: bool) -> None:
    assert is_held(path, ["valuation.timing", change]) is held


def branches(name: str, count: int, path: str) -> tc.Branches:
    rows = [
        tc.Branch(name=f"{name}-{k}", probability=1 / count, changes={path: 0.5 + k / 100})
        for k in range(count)
    ]
    return tc.Branches(branches=rows)


def test_combinations_are_numbered_with_the_last_fastest() -> None:
    given = {
        "one": branches("a", 2, "tariffs.durability"),
        "two": branches("b", 4, "trade.response.pass_through"),
    }
    found = sampled(setting(PACKAGED, None), uncertainty(PACKAGED, given))
    assert len(found.settings) == len(found.held) == 8
    own = found.settings[1 * 4 + 2].scenario
    assert own.tariffs.durability == 0.51
    assert own.trade.response.pass_through == 0.52
    rows = found.uncertain.rows
    uniform = np.zeros((len(rows), 3))
    uniform[rows.index("one")] = [0.0, 0.49, 0.5]
    uniform[rows.index("two")] = [0.0, 0.99, 0.5]
    assert found.combination(uniform).tolist() == [0, 3, 6]


def test_too_many_combinations_are_refused() -> None:
    assert MOST_COMBINATIONS == 64
    given = {
        "one": branches("a", 8, "tariffs.durability"),
        "two": branches("b", 9, "trade.response.pass_through"),
    }
    with pytest.raises(InputError) as caught:
        sampled(setting(PACKAGED, None), uncertainty(PACKAGED, given))
    assert str(caught.value) == (
        "distributions: 72 combinations of branches are over 64; give fewer"
    )


def test_a_setting_is_known_by_its_content() -> None:
    flows = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
    other = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::401])
    one, two = setting(PACKAGED, flows), setting(PACKAGED.replace({}), flows)
    assert one == two
    assert hash(one) == hash(two)
    assert setting(PACKAGED, flows, one).key == one.key
    unlike = [
        setting(PACKAGED, None),
        setting(PACKAGED, other),
        setting(PACKAGED.replace({"tariffs.durability": 0.5}), flows),
        "setting",
    ]
    assert all(one != other for other in unlike)


def test_draws_leave_alone_what_a_branch_sets() -> None:
    durability = "tariffs.durability"
    given = {
        "court": branches("a", 2, durability),
        durability: tc.Uniform(low=0.0, high=1.0),
        "trade.growth_rate": tc.Uniform(low=0.0, high=0.1),
    }
    still = tc.Scenario.from_tree({**PACKAGED.tree(), "provenance": {}})
    found = sampled(setting(still, FLOWS), uncertainty(still, given))
    assert found.held == ((durability,), (durability,))
    rows = found.uncertain.rows
    uniform = np.zeros((len(rows), 3))
    uniform[rows.index("court")] = [0.75, 0.25, 0.75]
    uniform[rows.index(durability)] = [0.1, 0.2, 0.3]
    uniform[rows.index("trade.growth_rate")] = [0.0, 0.5, 1.0]
    columns = found.evaluate(uniform, ["upfront-cash"], ["relief_pv_usd"])["upfront-cash"]
    points = {durability: [0.51, 0.5, 0.51], "trade.growth_rate": [0.0, 0.05, 0.1]}
    table = tc.sweep(still, points, paired=True, structures=["upfront-cash"], flows=FLOWS)
    assert columns["relief_pv_usd"].tolist() == table["relief_pv_usd"].tolist()


def test_limits_hold_in_every_branch_and_leave_out_what_it_sets() -> None:
    durability = "tariffs.durability"
    still = tc.Scenario.from_tree({**PACKAGED.tree(), "provenance": {}})
    wide = {durability: tc.Uniform(low=0.0, high=2.0)}
    both = {**wide, "court": branches("a", 2, durability)}
    assert len(sampled(setting(still, FLOWS), uncertainty(still, both)).settings) == 2
    with pytest.raises(InputError, match=r"less than or equal to 1, given 2\.0$"):
        sampled(setting(still, FLOWS), uncertainty(still, wide))
    endless = {durability: tc.Normal(mean=0.9, standard_deviation=0.1)}
    with pytest.raises(InputError) as caught:
        sampled(setting(still, FLOWS), uncertainty(still, endless))
    assert str(caught.value).startswith("Scenario cannot be built:\n  - tariffs.durability: input")
    assert str(caught.value).endswith(
        "\nA normal or lognormal distribution has no end: draws go as far as the value given here. "
        "Cut it off with low and high"
    )
    other = {**wide, "trade.growth_rate": tc.Normal(mean=0.0, standard_deviation=0.01)}
    with pytest.raises(InputError, match=r"less than or equal to 1, given 2\.0$"):
        sampled(setting(still, FLOWS), uncertainty(still, other))


def test_a_combination_without_changes_is_the_scenario_itself() -> None:
    base = setting(PACKAGED, FLOWS)
    plain = tc.Branches(
        branches=[
            tc.Branch(name="stays", probability=0.5),
            tc.Branch(name="moves", probability=0.5, changes={"tariffs.relief_years": 1}),
        ]
    )
    found = sampled(base, uncertainty(PACKAGED, {"event": plain}))
    assert found.settings[0] is base
    assert found.settings[1].key[1] == base.key[1]
    assert found.settings[1].flows is FLOWS
    assert found.settings[1].scenario.tariffs.relief_years == 1
    assert found.held == ((), ("tariffs.relief_years",))
    assert sampled(base, uncertainty(PACKAGED)).combination(np.zeros((99, 2))).tolist() == [0, 0]
