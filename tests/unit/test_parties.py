import numpy as np

import tariffcalc as tc
from tariffcalc.bookkeeping import PARTIES
from tariffcalc.scenario.evaluate import evaluation
from tariffcalc.scenario.parties import payments

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024", partners=["KOR"]).frame[::300])
ASKED = evaluation(PACKAGED, FLOWS)


def test_a_value_is_that_of_the_incidence() -> None:
    table = tc.incidence(PACKAGED, structures=["bond-financed"], flows=FLOWS).iloc[0]
    paid = payments(ASKED, ASKED.cases(), "bond-financed")
    assert {f"{party}_usd": paid.value(party)[0] for party in PARTIES} == table.to_dict()


def test_gains_of_several_parties_are_added_case_by_case() -> None:
    path = "pledge.structures.bond-financed.waterfall.split_before"
    cases = ASKED.cases({path: np.array([0.4, 0.5, 0.6])}, 3)
    paid = payments(ASKED, cases, "bond-financed")
    both = paid.gain(["host_government", "host_treasury"], 3)
    assert both.shape == (3,)
    assert (both == paid.value("host_government") + paid.value("host_treasury")).all()
    assert (np.diff(both) < 0.0).all()
    assert paid.gain(["host_treasury"], 3).tolist() == [paid.value("host_treasury")[0]] * 3


def test_without_payments_nobody_gains() -> None:
    paid = payments(ASKED, ASKED.cases(), "no-deal")
    assert paid.gain(PARTIES, 2).tolist() == [0.0, 0.0]
    assert paid.factors["outlay"].shape == (1, 1)


def test_a_missed_call_suspends_the_relief_of_the_same_flows() -> None:
    own = "pledge.structures.three-years.drawdown"
    missed = tc.MissedCall(year=2026, share=0.5, late_years=1)
    scenario = PACKAGED.replace(
        {own: tc.Drawdown.level(3, missed=missed), "tariffs.snap_back": True}
    )
    asked = evaluation(scenario, FLOWS)
    paid = payments(asked, asked.cases(), "three-years")
    benefit = tc.compare(scenario, structures=["three-years"], flows=FLOWS)["relief_pv_usd"].item()
    assert paid.value("exporters")[0] == benefit
    assert (paid.relief.reached == 0.0).any()
