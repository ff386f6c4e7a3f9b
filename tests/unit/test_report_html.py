import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import tariffcalc as tc
from tariffcalc.analysis.stated import notes
from tariffcalc.errors import InputError
from tariffcalc.report import html, page, pictures
from tariffcalc.report.evidence import Evidence, evidence
from tariffcalc.report.pictures import Picture, drawn
from tariffcalc.tables import labelled

SCENARIO = tc.load_scenario("korea-us", as_of="2025-10-17")
LINES = tc.load_flows("us-imports-2024", partners=["KOR"]).frame
FLOWS = tc.TradeFlows.from_frame(LINES.iloc[::200])
NAMES = ["no-deal", "upfront-cash", "japan-terms"]


@pytest.fixture(scope="module")
def known() -> Evidence:
    return evidence(SCENARIO, structures=NAMES, draws=20, seed=2, flows=FLOWS)


def test_the_evidence_is_that_of_the_public_functions(known: Evidence) -> None:
    assert (known.scenario, known.draws, known.seed) == (SCENARIO, 20, 2)
    assert known.names == NAMES
    assert known.first == "upfront-cash"
    asked: dict[str, Any] = {"structures": NAMES, "flows": FLOWS}
    assert known.compared.equals(tc.compare(SCENARIO, **asked))
    assert known.parties.equals(tc.incidence(SCENARIO, **asked))
    assert known.views.equals(tc.valuation_views(SCENARIO, **asked))
    assert known.sensed.equals(tc.sensitivity(SCENARIO, **asked))
    assert known.delayed.equals(tc.cost_of_delay(SCENARIO, 12, flows=FLOWS))
    assert known.simulated.equals(tc.simulate(SCENARIO, draws=20, seed=2, **asked))
    one = tc.ledger(SCENARIO, "upfront-cash", flows=FLOWS)
    own = known.ledgers[known.ledgers["structure"] == "upfront-cash"].reset_index(drop=True)
    assert own.equals(one)
    assert known.ledgers.attrs == one.attrs
    assert list(dict.fromkeys(known.ledgers["structure"])) == NAMES[1:]
    laws = {"no_deal": SCENARIO.no_deal, "deal": SCENARIO.deal}
    assert known.sectors.equals(tc.compare_tariffs(FLOWS, laws, on="2025-10-17", by="sector"))
    assert known.sectors.attrs["notes"] == known.timeline.attrs["notes"] == [notes(SCENARIO)]
    assert known.timeline.index[0] == pd.Timestamp("2025-01-01")
    assert known.timeline.equals(
        SCENARIO.deal.timeline(FLOWS, start="2025-01-01", end="2025-10-17")
    )


def test_a_structure_that_pays_nothing_has_a_ledger_without_rows() -> None:
    alone = evidence(SCENARIO, structures=["no-deal"], draws=20, seed=2, flows=FLOWS)
    assert alone.ledgers.empty
    assert list(alone.ledgers.columns) == list(tc.ledger(SCENARIO, "upfront-cash").columns)
    assert alone.first == "no-deal"
    assert html._sensitivity(alone) == [
        "<p>No number that states a range moves the net benefit.</p>"
    ]
    assert html._answer(alone) == "No structure pays anything in."


def test_what_matters_most_comes_first(known: Evidence) -> None:
    sectors = known.largest_sectors["saving_usd"].abs()
    assert len(sectors) == 15
    assert sectors.is_monotonic_decreasing
    assert sectors.min() >= known.sectors["saving_usd"].abs().nlargest(15).min()
    swings = known.largest_swings["swing_net_benefit_usd"]
    assert swings.groupby("structure").size().to_dict() == {"upfront-cash": 8, "japan-terms": 8}
    assert (swings > 0.0).all()
    assert swings.loc["upfront-cash"].tolist() == (
        known.sensed.loc["upfront-cash", "swing_net_benefit_usd"].head(8).tolist()
    )


def answer(known: Evidence, benefit: list[float], relief: float = 30e9) -> str:
    names = [f"s{place}" for place in range(len(benefit))]
    frame = pd.DataFrame(
        {"headline_usd": 1.0, "net_benefit_usd": benefit, "relief_pv_usd": relief},
        index=pd.MultiIndex.from_product([["x"], names], names=["scenario", "structure"]),
    )
    frame.loc[("x", "s0"), "headline_usd"] = 0.0  # nothing is paid
    return html._answer(replace(known, compared=frame))


def test_the_answer_is_a_sentence(known: Evidence) -> None:
    worth = "At the scenario's own numbers the relief is worth $30.0bn"
    assert answer(known, [9.0, 1.0, 2.0]) == f"{worth}. That is more than the net cost in s1, s2."
    assert answer(known, [9.0, 1.0, -2.0]) == (
        f"{worth}. That is more than the net cost in s1, and less in s2."
    )
    assert answer(known, [9.0, -1.0]) == f"{worth}, less than the net cost of every structure: s1."
    assert answer(known, [9.0]) == "No structure pays anything in."


def test_a_figure_that_cannot_be_drawn_is_said(
    known: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise InputError("nothing <to> draw")

    monkeypatch.setattr(html, "drawn", refuse)
    assert html._figure("tornado", known) == (
        "<p>What moves the net benefit: no figure. nothing &lt;to&gt; draw</p>"
    )


def test_a_figure_in_a_page_has_identities_of_its_own(
    known: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(figures: Any, evidence: Evidence, ax: Any) -> Any:
        assert figures is tc.report.figures
        assert evidence is known
        assert tuple(ax.figure.get_size_inches()) == (5.4, 2.0)
        return ax

    monkeypatch.setattr(pictures, "PICTURES", {"mine": Picture("T", "d", draw, 2.0)})
    made = '<?xml?>\n<svg width="1"><a id="x"/><use xlink:href="#x" style="clip: url(#x)"/></svg>\n'
    monkeypatch.setattr(tc.report.figures, "svg", lambda _: made)
    assert drawn("mine", known) == (
        '<svg role="img" aria-label="T. d" width="1"><a id="mine-x"/>'
        '<use xlink:href="#mine-x" style="clip: url(#mine-x)"/></svg>'
    )


def test_pieces_of_a_page() -> None:
    assert page.paragraph("a < b") == "<p>a &lt; b</p>"
    assert page.paragraph("a", "lead") == '<p class="lead">a</p>'
    assert page.code("a & b\n") == "<pre><code>a &amp; b\n</code></pre>"
    assert page.section("n", "T & U", ["<p>a</p>", "<p>b</p>"]) == (
        '<section id="n" aria-labelledby="n-title">\n<h2 id="n-title">T &amp; U</h2>\n'
        "<p>a</p>\n<p>b</p>\n</section>"
    )
    assert page.picture("<svg/>", "A & B", "c < d") == (
        '<figure class="picture">\n<figcaption>A &amp; B<small>c &lt; d</small></figcaption>\n'
        "<svg/>\n</figure>"
    )


def test_a_table_of_a_page_has_no_dress_of_its_own() -> None:
    frame = labelled(pd.DataFrame({"a_usd": [1e9]}, index=pd.Index(["x"], name="s")), {})
    made = page.table(frame, "t", title="A < B")
    assert made.startswith(
        '<figure role="group" aria-labelledby="t-caption">\n'
        '<figcaption id="t-caption">A &lt; B ($bn)</figcaption>\n<div id="table-'
    )
    assert '-0" class="wide">' in made
    assert made.endswith(
        f'</div>\n<ul class="notes">\n<li>tariffcalc {tc.__version__}</li>\n</ul>\n</figure>'
    )
    assert "<style" not in made
    assert "style=" not in made
    assert page.table(frame, "t", long=True).startswith('<figure class="long" role="group"')


def test_a_page_is_whole() -> None:
    made = page.page("T & U", 'a "question"', "<main></main>")
    assert made.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    assert "<title>T &amp; U</title>" in made
    assert 'name="description" content="a &quot;question&quot;"' in made
    assert page.POLICY in made
    assert "@media print" in made
    assert made.endswith("</style>\n</head>\n<body>\n<main></main>\n</body>\n</html>\n")


@pytest.mark.parametrize("form", ["one", ["one"], ("one",)])
def test_names_are_listed(form: Any) -> None:
    assert html._listed(form) == ["one"]


def test_what_is_packaged_is_known() -> None:
    assert html._is_packaged(SCENARIO)
    assert not html._is_packaged(SCENARIO.replace({"tariffs.durability": 0.5}))
    assert not html._is_packaged(SCENARIO.replace({"name": "mine"}))


def test_how_to_make_it_again(known: Evidence) -> None:
    command, lines = html._reproduction(known, None, None)[1:]
    assert command == (
        "<pre><code>tariffcalc report korea-us --as-of 2025-10-17 -o report.html</code></pre>"
    )
    assert "tc.load_scenario(&quot;korea-us&quot;, as_of=&quot;2025-10-17&quot;)" in lines
    assert f"assert scenario.hash == &quot;{SCENARIO.hash}&quot;\n" in lines
    assert lines.endswith("draws=20, seed=2)</code></pre>")
    given = html._reproduction(known, ["a"], FLOWS)
    assert given[2].endswith("seed=2, structures=[&#x27;a&#x27;], flows=flows)</code></pre>")
    assert given[3] == "<p>The trade flows were given by the user and are not in it.</p>"
    own = replace(known, scenario=SCENARIO.replace({"name": "mine"}))
    made = html._reproduction(own, None, None)
    assert made[0] == (
        f"<pre><code>pip install &#x27;tariffcalc[tables,plot]=={tc.__version__}&#x27;</code></pre>"
    )
    assert made[1] == "<pre><code>tariffcalc report mine.toml -o report.html</code></pre>"
    assert "tc.Scenario.from_toml(&quot;mine.toml&quot;)" in made[2]
    assert made[3] == "<p>mine.toml:</p>"
    assert "name = &quot;mine&quot;" in made[4]


def test_a_scenario_without_a_title_is_called_by_its_name() -> None:
    assert html._title(SCENARIO) == SCENARIO.title
    assert html._title(SCENARIO.replace({"title": ""})) == "korea-us"
    assert html._question(SCENARIO).startswith("What does each way to fund the pledge cost KOR, ")
    assert html._foot(SCENARIO) == (
        f"korea-us as of 2025-10-17; scenario {SCENARIO.hash}; tariffcalc {tc.__version__}"
    )


def test_sections_say_how_much_they_show(known: Evidence) -> None:
    tariffs = "".join(html._tariffs(known))
    assert re.search(r"on 2025-10-17: 15 of \d\d sectors, by what the deal saves", tariffs)
    assert "What a delay costs whom" in "".join(html._delay(known))
    begun = replace(known, delayed=known.delayed.assign(duty_usd=0.0))
    assert html._delay(begun) == [
        "<p>The law in force charges every line as the deal does: nothing is left to delay.</p>"
    ]
    assert "up to 8 numbers a structure ($bn)" in "".join(html._sensitivity(known))
    assert "Net benefit over 20 draws of every number" in "".join(html._simulation(known))
