import datetime as dt
import math
from typing import Any

import pytest

import tariffcalc as tc
from tariffcalc.errors import InputError
from tariffcalc.tariffs.measures import checked_content, enacted

HEAD = "TariffMeasure cannot be built:\n  - "


def first_lists() -> str:
    """Return the names of lists that a refusal prints."""
    names = tc.list_product_lists()
    return f"{', '.join(names[:12])}, … ({len(names)} in all)"


def measure_of(**fields: Any) -> tc.TariffMeasure:
    row = {"name": "autos-25", "authority": "autos", "rate": 0.25, "start": "2025-04-03"}
    return tc.TariffMeasure(**{**row, **fields})


def refusal(**fields: Any) -> str:
    with pytest.raises(InputError) as caught:
        measure_of(**fields)
    return str(caught.value).removeprefix(HEAD)


def test_what_is_left_out_takes_its_default() -> None:
    measure = measure_of()
    assert measure.model_dump() == {
        "name": "autos-25", "authority": "autos", "rate": 0.25, "form": "additional",
        "products": (), "partners": (), "start": dt.date(2025, 4, 3), "end": None,
        "displaces": (), "content": None, "quota_quantity": None, "exempt_products": (),
        "exempt_partners": (), "specific_usd_per_unit": None, "status": "in force",
        "citation": "", "heading": "", "source": "", "published": None,
    }  # fmt: skip
    assert repr(measure) == str(measure) == "TariffMeasure('autos-25')"


def test_a_measure_reads_lists_dates_and_whole_numbers() -> None:
    measure = measure_of(
        rate=0, products=["8703", "annex-ii"], partners=["KOR"], end=dt.date(2025, 12, 31),
        published="2025-04-02", content=1, specific_usd_per_unit=2,
    )  # fmt: skip
    assert measure.products == ("8703", "annex-ii")
    assert measure.partners == ("KOR",)
    assert (measure.rate, measure.content, measure.specific_usd_per_unit) == (0.0, 1.0, 2.0)
    assert type(measure.content) is float
    assert measure.published == dt.date(2025, 4, 2)


@pytest.mark.parametrize(
    "status", ["in force", "announced", "threatened", "suspended", "void", "expired"]
)
def test_a_status_is_one_of_six(status: str) -> None:
    assert measure_of(status=status).status == status


@pytest.mark.parametrize("status", ["in force", "announced", "void"])
def test_what_is_enacted_is_law_and_else_the_same(status: str) -> None:
    measure = measure_of(status=status, products=["87"])
    assert enacted(measure) == measure_of(products=["87"])
    assert measure.status == status


def test_a_measure_cannot_be_changed() -> None:
    with pytest.raises(InputError, match="TariffMeasure cannot be changed"):
        measure_of().rate = 0.15


@pytest.mark.parametrize("content", [None, 0, 1, 0.0, 0.25, 1.0, "steel_share", "_share"])
def test_content_is_a_share_or_a_column_of_shares(content: object) -> None:
    assert checked_content(content) == content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("steel", "a column of shares has a name ending in _share, given 'steel'"),
        ("", "a column of shares has a name ending in _share, given ''"),
        (-0.001, "a share between 0 and 1 is needed, given -0.001"),
        (1.5, "a share between 0 and 1 is needed, given 1.5"),
        (math.nan, "a finite number is needed, given nan; leave out what is unknown"),
        (True, "a number is needed, given True"),
        ([0.5], "a number is needed, given [0.5]"),
    ],
)
def test_other_content_is_refused(content: object, message: str) -> None:
    assert refusal(content=content) == f"content: {message}"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"products": ["8703", "870", "cars", "trucks-x"]},
            (
                "products: hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: '870'; did you mean "
                "'0870'? A leading zero was lost; unknown product list 'cars'. Allowed: "
                f"{first_lists()}.; unknown product list 'trucks-x'. Allowed: "
                f"{first_lists()}."
            ),
        ),
        (
            {"exempt_products": ["1"]},
            "exempt_products: hs: 2, 4, 6, 8 or 10 digits are needed in 1 code: '1'",
        ),
        (
            {"partners": ["EU"]},
            (
                "partners: ISO 3166 alpha-3 codes, EU27 or ROW are needed, given 1 unknown code: "
                "'EU'; did you mean 'REU' or 'ECU' or 'DEU'?"
            ),
        ),
        ({"end": "2025-04-02"}, "end 2025-04-02 is before start 2025-04-03; swap the dates"),
        ({"displaces": ["x", "autos"]}, "displaces: autos cannot displace itself"),
        (
            {"authority": "base"},
            "authority: base_rate is another column of the rates; use another word",
        ),
        (
            {"form": "all_in", "specific_usd_per_unit": 0.01},
            "an all_in measure has no specific duty: give its ad valorem equivalent",
        ),
        (
            {"form": "base", "displaces": ["x"]},
            "a base measure sets the base rate: it has no displaces and no content",
        ),
        (
            {"form": "base", "content": 0.0},
            "a base measure sets the base rate: it has no displaces and no content",
        ),
        (
            {"form": "base", "quota_quantity": 5.0},
            "a base measure sets the base rate: it has no displaces and no content",
        ),
        (
            {"content": 0.5, "quota_quantity": 5.0},
            "content and quota_quantity both say which share is covered; give one",
        ),
        (
            {"form": "exemption"},
            "an exemption adds nothing: its rate is 0 and it has no specific duty",
        ),
        (
            {"form": "exemption", "rate": 0.0, "specific_usd_per_unit": 0.5},
            "an exemption adds nothing: its rate is 0 and it has no specific duty",
        ),
        ({"displaces": ["autos-25"]}, "displaces: autos-25 cannot displace itself"),
        (
            {"form": "floor"},
            "form: input should be 'base', 'additional', 'all_in' or 'exemption', given 'floor'",
        ),
        (
            {"authority": "Section 232"},
            "authority: string should match pattern '^[a-z][a-z0-9_]*$', given 'Section 232'",
        ),
        ({"rate": 10.5}, "rate: rates are fractions: 10.5 means 1050%; did you mean 0.105?"),
    ],
)
def test_what_does_not_go_together_is_refused(fields: dict, message: str) -> None:
    assert refusal(**fields) == message


@pytest.mark.parametrize(
    "fields",
    [
        {"end": "2025-04-03"},
        {"form": "base", "authority": "base"},
        {"form": "base", "authority": "total", "specific_usd_per_unit": 2.0},
        {"form": "all_in", "specific_usd_per_unit": 0.0, "displaces": ["x"], "content": 0.5},
        {"rate": 10.0},
        {"form": "exemption", "rate": 0.0, "specific_usd_per_unit": 0.0, "content": 0.5},
        {"quota_quantity": 0.0, "exempt_partners": ["KOR", "EU27", "DEU"]},
    ],
)
def test_what_is_just_allowed_is_accepted(fields: dict) -> None:
    assert measure_of(**fields).name == "autos-25"
