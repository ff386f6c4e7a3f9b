import tariffcalc as tc
from tariffcalc.pledge.carry import FUNDING_PATH
from tariffcalc.version import VERSION

LOAN = tc.FundingStructure(
    name="loan",
    tranches=(tc.Tranche(name="all", instrument=tc.Loan(rate=0.0, maturity_years=1), share=1.0),),
)
PLEDGE = tc.Pledge(headline_usd=100.0, payer="KOR", host="USA", structures=(LOAN,))
ECONOMY = tc.Economy(krw_per_usd=1000.0)


def table(structure: tc.FundingStructure = LOAN, frequency: str = "Y") -> object:
    how = tc.Valuation(base_date="2026-01-01", discount_rate=0.05, frequency=frequency)
    return tc.funding_path(structure, PLEDGE, ECONOMY, how)


def test_a_path_has_a_row_per_period_and_says_its_units() -> None:
    found = table()
    assert found.index.tolist() == [2026, 2027]
    assert found.index.name == "period"
    assert list(found) == list(FUNDING_PATH)
    assert found.attrs == {
        "units": FUNDING_PATH,
        "scenario_hash": None,
        "tariffcalc_version": VERSION,
    }
    assert found.loc[2026, ["outlay_usd", "market_purchases_usd"]].tolist() == [100.0, 100.0]
    assert table(frequency="Q").index.tolist()[:2] == ["2026Q1", "2026Q2"]
    assert table(frequency="M").index.tolist()[0] == "2026-01"


def test_a_structure_of_nothing_has_one_row_of_nothing() -> None:
    found = table(tc.FundingStructure(name="nothing", headline_usd=0.0))
    assert found.index.tolist() == [2026]
    assert found["outlay_usd"].tolist() == found["outlay_krw"].tolist() == [0.0]
