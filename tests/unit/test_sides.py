import pytest

import tariffcalc as tc
from tariffcalc.analysis.sides import HOST, PAYER, payer_weight, side_of
from tariffcalc.errors import InputError


def side(**fields: float) -> tc.Side:
    return tc.Side(counts=["exporters"], **fields)


def test_a_side_keeps_what_it_is_given() -> None:
    given = tc.Side(counts=["importers", "host_treasury"], weight=0.25, walk_away_usd=-1e9)
    assert given.counts == ("importers", "host_treasury")
    assert (given.weight, given.delay_rate, given.walk_away_usd) == (0.25, None, -1e9)
    assert side().walk_away_usd == 0.0


def test_a_side_that_is_left_out_counts_the_usual_parties() -> None:
    assert side_of("payer", None, PAYER).counts == ("exporters", "payer_public")
    assert side_of("host", None, HOST).counts == ("host_government", "host_treasury")
    given = side()
    assert side_of("host", given, HOST) is given
    with pytest.raises(InputError) as caught:
        side_of("host", "USA", HOST)
    assert str(caught.value) == (
        "host: a Side is needed, given 'USA'; such as Side(counts=['host_government', "
        "'host_treasury'])"
    )


@pytest.mark.parametrize(
    ("payer", "host", "weight"),
    [
        ({}, {}, 0.5),
        ({"weight": 0.3}, {}, 0.3),
        ({}, {"weight": 0.25}, 0.75),
        ({"weight": 1.0}, {"weight": 0.0}, 1.0),
        ({"weight": 0.0}, {}, 0.0),
        ({"weight": 0.3}, {"weight": 0.7 + 5e-10}, 0.3),
        ({"delay_rate": 0.02}, {"delay_rate": 0.06}, 0.75),
        ({"delay_rate": 0.0}, {"delay_rate": 0.06}, 1.0),
        ({"delay_rate": 0.06}, {"delay_rate": 0.06}, 0.5),
    ],
)
def test_weights(payer: dict[str, float], host: dict[str, float], weight: float) -> None:
    assert payer_weight(side(**payer), side(**host)) == weight


@pytest.mark.parametrize(
    ("payer", "host", "said"),
    [
        ({"weight": 0.3}, {"weight": 0.6},
         "weight: those of payer and host have to add up to 1, given 0.3 and 0.6"),
        ({"weight": 0.3}, {"weight": 0.7 + 2e-9},
         "weight: those of payer and host have to add up to 1, given 0.3 and 0.7"),
        ({"weight": 0.3}, {"delay_rate": 0.6},
         "weight and delay_rate both say how hard a side bargains; leave one out"),
        ({"delay_rate": 0.6}, {"weight": 0.3},
         "weight and delay_rate both say how hard a side bargains; leave one out"),
        ({}, {"delay_rate": 0.6},
         "delay_rate: both sides need one, given None (payer) and 0.6 (host)"),
        ({"delay_rate": 0.6}, {},
         "delay_rate: both sides need one, given 0.6 (payer) and None (host)"),
        ({"delay_rate": 0.0}, {"delay_rate": 0.0},
         "own_rate and other_rate: one has to be above 0; else nobody has to agree"),
    ],
)  # fmt: skip
def test_weights_that_say_nothing_are_refused(
    payer: dict[str, float], host: dict[str, float], said: str
) -> None:
    with pytest.raises(InputError) as caught:
        payer_weight(side(**payer), side(**host))
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ((-0.1, 0.1, 0.0), "own_rate: a number from 0 is needed, given -0.1"),
        ((0.1, -0.1, 0.0), "other_rate: a number from 0 is needed, given -0.1"),
        ((0.1, 0.1, -1.0), "years_between_offers: a number from 0 is needed, given -1"),
        (("x", 0.1, 0.0), "own_rate: a number is needed, given 'x'"),
    ],
)
def test_shares_of_what_is_no_rate_are_refused(rates: tuple, said: str) -> None:
    with pytest.raises(InputError) as caught:
        tc.rubinstein_share(own_rate=rates[0], other_rate=rates[1], years_between_offers=rates[2])
    assert str(caught.value) == said


def test_faults_of_a_side() -> None:
    with pytest.raises(InputError) as caught:
        tc.Side(counts=["exporters", "exporters"])
    assert str(caught.value) == (
        "Side cannot be built:\n  - counts: 'exporters' counts once; it is named 2 times"
    )


def test_a_party_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(InputError) as caught:
        tc.Side(counts=["exporters", "hosts"])
    assert str(caught.value) == (
        "Side cannot be built:\n  - counts: unknown party 'hosts'. Allowed: exporters, "
        "payer_public, payer_private, importers, host_treasury, host_government, project_spv, "
        "competitors, markets."
    )
