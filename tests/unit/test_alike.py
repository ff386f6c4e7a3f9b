import numpy as np
import pandas as pd

import tariffcalc as tc
from tariffcalc.scenario.alike import put_together
from tariffcalc.scenario.relief import Law
from tariffcalc.tariffs.coverage import Coverage

MEASURE = tc.TariffMeasure(
    name="all", authority="ieepa", rate=0.1, form="additional", products=["87"], partners=["KOR"],
    start="2025-01-01",
)  # fmt: skip
ARRAYS = ("reached", "charged", "specific", "mfn", "preferential", "use")


def covering(**given: list) -> Coverage:
    """Return the coverage of four lines by one measure, all figures 0.5 but those given."""
    rows = {
        name: np.array([given.get(name, [0.5] * 4)]) if name in ARRAYS[:3] else
        np.array(given.get(name, [0.5] * 4))
        for name in ARRAYS
    }  # fmt: skip
    return Coverage(measures=(MEASURE,), displaced_by=np.zeros((1, 1), dtype=bool), **rows)


def together(product: list, **given: list) -> tuple[Law, list]:
    lines = pd.DataFrame({"hs": ["01", "02", "03", "04"]})
    value = np.array([1.0, 2.0, 4.0, 8.0])
    law = Law(value, {"deal": covering(), "no_deal": covering(**given)}, lines)
    found, first = put_together(law, np.array(product))
    return found, first.tolist()


def test_lines_of_one_product_and_law_are_one() -> None:
    law, first = together([0, 0, 0, 0])
    assert (law.value.tolist(), first) == ([15.0], [0])
    law, first = together([7, 3, 7, 3])
    assert (law.value.tolist(), first) == ([5.0, 10.0], [0, 1])
    assert law.lines["hs"].tolist() == ["01", "02"]
    assert list(law.schedules) == ["deal", "no_deal"]


def test_any_figure_of_any_schedule_tells_lines_apart() -> None:
    for name in ARRAYS[1:]:
        law, first = together([0, 0, 0, 0], **{name: [0.5, 0.25, 0.5, 0.25]})
        assert (law.value.tolist(), first) == ([5.0, 10.0], [0, 1]), name
        assert np.ravel(getattr(law.schedules["no_deal"], name)).tolist() == [0.5, 0.25]
        assert np.ravel(getattr(law.schedules["deal"], name)).tolist() == [0.5, 0.5]
    # What a measure reaches but does not charge is in no rate.
    law, first = together([0, 0, 0, 0], reached=[0.5, 0.25, 0.5, 0.25])
    assert (law.value.tolist(), first) == ([15.0], [0])


def test_what_is_put_together_keeps_its_measures() -> None:
    law, _ = together([0, 1, 1, 0], mfn=[0.0, -0.0, 0.0, 0.0])
    assert law.value.tolist() == [9.0, 6.0]  # 0 and -0 are one rate
    assert law.schedules["deal"].measures == (MEASURE,)
    assert law.schedules["no_deal"].reached.shape == (1, 2)
