import tariffcalc as tc


def test_what_only_rounding_leaves_over_is_not_said_to_apply() -> None:
    thirds = [
        tc.TariffMeasure(name=name, authority=name, rate=0.1, start="2025-01-01", content=share,
                         displaces=("last",))
        for name, share in (("a", 0.7), ("b", 0.2), ("c", 0.1))
    ]  # fmt: skip
    last = tc.TariffMeasure(name="last", authority="last", rate=0.5, start="2025-01-01")
    law = tc.TariffSchedule(measures=(*thirds, last))
    why = law.explain({"hs": "87", "partner": "KOR", "mfn_rate": 0.0}, on="2025-10-17")
    assert 0.0 < why.table.loc["last", "charged_share"] < 1e-15
    assert str(why).endswith("- last does not apply, displaced by a, b, c.")
