import importlib
import sys

import numpy as np
import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis import global_sensitivity as module
from tariffcalc.analysis.execution import Job
from tariffcalc.analysis.global_sensitivity import Evaluated, Sample, morris, sobol
from tariffcalc.analysis.sampling import sampled
from tariffcalc.analysis.settings import setting
from tariffcalc.analysis.uncertainty import Uncertain, Uncertainty
from tariffcalc.errors import ChunkError, InputError, MissingExtraError

PACKAGED = tc.load_scenario("korea-us", as_of="2025-10-17")
FLOWS = tc.TradeFlows.from_frame(tc.load_flows("us-imports-2024").frame.iloc[::400])
STUDY = setting(PACKAGED, FLOWS)
DURABILITY = "tariffs.durability"
USE = "pledge.structures.upfront-cash.utilisation_share"
KRW = "economy.krw_per_usd"
UNCERTAIN = Uncertainty(
    ("krw", "d", "use"),
    (
        Uncertain(KRW, 0, tc.Normal(mean=1400.0, standard_deviation=50.0), whole=False),
        Uncertain(DURABILITY, 1, tc.Uniform(low=0.5, high=1.0), whole=False),
        Uncertain(USE, 2, tc.Beta(alpha=2, beta=5), whole=False),
    ),
)
NAMES = ["upfront-cash", "no-deal"]


def values(design: np.ndarray, target: str, distributed: tuple) -> np.ndarray:
    """Return the target of each case of a design, from a sweep."""
    points = {
        number.path: number.values(np.ascontiguousarray(column))
        for number, column in zip(distributed, design.T, strict=True)
    }
    table = tc.sweep(
        PACKAGED, points, paired=True, structures=["upfront-cash"], columns=[target], flows=FLOWS
    )
    return table[target].to_numpy()


def test_sobol_s_shares_are_salib_s_of_the_sweep_of_its_design() -> None:
    steps: list[int] = []
    table = sobol(STUDY, UNCERTAIN, NAMES, "net_benefit_usd", samples=16, seed=5, mapped=map,
                  progress=steps.append)  # fmt: skip
    assert steps == [16 * 5]
    problem = {"num_vars": 3, "names": ["krw", "d", "use"], "bounds": [[0.0, 1.0]] * 3}
    design = importlib.import_module("SALib.sample.sobol").sample(
        problem, 16, calc_second_order=False, seed=5
    )
    found = importlib.import_module("SALib.analyze.sobol").analyze(
        problem, values(design, "net_benefit_usd", UNCERTAIN.numbers), calc_second_order=False,
        seed=5,
    )  # fmt: skip
    own = table.loc["upfront-cash"]
    assert list(table.columns) == [
        "first_order_share", "first_order_confidence_share", "total_share",
        "total_confidence_share",
    ]  # fmt: skip
    for column, key in zip(table.columns, ("S1", "S1_conf", "ST", "ST_conf"), strict=True):
        assert own[column].to_dict() == dict(zip(problem["names"], found[key], strict=True))
    assert table.index.names == ["structure", "parameter"]
    order = sorted(problem["names"], key=lambda name: -own.loc[name, "total_share"])
    assert own.index.tolist() == order
    assert order[-1] == "krw"
    assert table.loc["no-deal"].index.tolist() == problem["names"]
    assert table.loc["no-deal"].isna().all(axis=None)


def test_morris_s_effects_are_salib_s_of_the_sweep_between_the_ends() -> None:
    steps: list[int] = []
    table = morris(STUDY, UNCERTAIN, NAMES, "net_benefit_usd", samples=6, seed=5, mapped=map,
                   progress=steps.append)  # fmt: skip
    assert steps == [6 * 4]
    problem = {"num_vars": 3, "names": ["krw", "d", "use"], "bounds": [[0.0, 1.0]] * 3}
    design = importlib.import_module("SALib.sample.morris").sample(problem, 6, num_levels=4, seed=5)
    low, high = (1400.0 + sign * 50.0 * 1.6448536269514722 for sign in (-1, 1))
    even = (
        Uncertain(KRW, 0, tc.Uniform(low=low, high=high), whole=False),
        UNCERTAIN.numbers[1],
        Uncertain(USE, 2, tc.Uniform(low=0.0, high=1.0), whole=False),
    )
    found = importlib.import_module("SALib.analyze.morris").analyze(
        problem, design, values(design, "net_benefit_usd", even), num_levels=4, seed=5
    )
    own = table.loc["upfront-cash"]
    words = ("mean_effect", "mean_absolute_effect", "mean_absolute_effect_confidence",
             "deviation_of_effect")  # fmt: skip
    assert list(table.columns) == [f"{word}_net_benefit_usd" for word in words]
    for column, key in zip(table.columns, ("mu", "mu_star", "mu_star_conf", "sigma"), strict=True):
        assert own[column].to_dict() == dict(zip(problem["names"], found[key], strict=True))
    size = own["mean_absolute_effect_net_benefit_usd"]
    assert own.index.tolist() == sorted(problem["names"], key=lambda name: -size[name])
    assert (table.loc["no-deal"] == 0.0).all(axis=None)


def test_morris_takes_no_branches() -> None:
    sure = tc.Branches(branches=[tc.Branch(name="x", probability=1.0)])
    uncertain = Uncertainty(("court",), (), ((0, sure),))
    with pytest.raises(InputError) as caught:
        morris(STUDY, uncertain, NAMES, "cash_usd", samples=2, seed=1, mapped=map, progress=None)
    assert str(caught.value) == "distributions: court: morris takes no branches; sobol does"


@pytest.mark.parametrize("method", [sobol, morris])
def test_a_target_is_known_in_every_case(method: object) -> None:
    with pytest.raises(InputError) as caught:
        method(STUDY, UNCERTAIN, ["no-deal", "upfront-cash"], "subsidy_rate", samples=4, seed=1,
               mapped=map, progress=None)  # type: ignore[operator]  # fmt: skip
    count = 20 if method is sobol else 16
    assert str(caught.value) == (
        f"target: subsidy_rate of no-deal is unknown in {count} of {count} cases; choose a target "
        "that every case has"
    )


def test_a_design_is_cut_into_samples_of_named_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DRAWS_PER_BLOCK", 8)
    seen: list[Sample] = []

    def watched(function: object, jobs: list) -> list:
        seen.extend(jobs)
        return [function(job) for job in jobs]  # type: ignore[operator]

    asked = {"samples": 4, "seed": 1, "progress": None}
    table = sobol(STUDY, UNCERTAIN, NAMES, "net_benefit_usd", mapped=watched, **asked)
    assert [str(job) for job in seen] == [
        "chunk 1 of 3 (cases 1 to 8)",
        "chunk 2 of 3 (cases 9 to 16)",
        "chunk 3 of 3 (cases 17 to 20)",
    ]
    assert [job.uniform.shape for job in seen] == [(3, 8), (3, 8), (3, 4)]
    assert all(job.uniform.flags["C_CONTIGUOUS"] for job in seen)
    assert "uniform" not in repr(seen[0])
    monkeypatch.undo()
    whole = sobol(STUDY, UNCERTAIN, NAMES, "net_benefit_usd", mapped=map, **asked)
    pd.testing.assert_frame_equal(table, whole, check_exact=True)
    with pytest.raises(ChunkError, match=r"^map: a function|^chunk 1 of 1 \(cases 1 to 20\) fail"):
        sobol(STUDY, UNCERTAIN, NAMES, "cash_usd", mapped=lambda *_: [], **asked)


def test_a_sample_is_evaluated_in_each_structure() -> None:
    task = Evaluated(sampled(STUDY, UNCERTAIN), ("upfront-cash", "no-deal"), "relief_pv_usd")
    uniform = np.array([[0.5, 0.5], [0.0, 1.0], [0.5, 0.5]])
    found = task(Sample(**vars(Job(0, 1, 0, 2, "cases")), uniform=uniform))
    swept = tc.sweep(PACKAGED, {DURABILITY: [0.5, 1.0]}, structures=["upfront-cash"], flows=FLOWS)
    assert found["upfront-cash"].tolist() == swept["relief_pv_usd"].tolist()
    assert found["no-deal"].tolist() == [0.0, 0.0]
    assert list(found) == ["upfront-cash", "no-deal"]


def test_a_missing_module_is_told_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert module.salib("sample.sobol").__name__ == "SALib.sample.sobol"
    for name in [name for name in sys.modules if name.partition(".")[0] == "SALib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(MissingExtraError) as caught:
        module.salib("sample.sobol")
    assert str(caught.value) == (
        "Sobol and Morris need SALib; install it with: pip install 'tariffcalc[sensitivity]'"
    )
