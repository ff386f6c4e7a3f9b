import math

import pytest

from tariffcalc.errors import InputError
from tariffcalc.rate_text import (
    RatePart,
    StatutoryRate,
    parse_rate,
    rate_or_reason,
    tidy_text,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Free", []),
        ("2.5%", [(0.025, "", "")]),
        ("33 1/3%", [(1 / 3, "", "")]),
        ("6.8% ", [(0.068, "", "")]),
        ("25%.", [(0.25, "", "")]),
        ("350%", [(3.5, "", "")]),
        ("68¢/head", [(0.68, "head", "")]),
        ("0.9¢ each", [(0.009, "each", "")]),
        ("$1.51/clean kg", [(1.51, "clean kg", "")]),
        ("$1,035/t", [(1035.0, "t", "")]),
        ("4.4¢/l", [(0.044, "liter", "")]),
        ("6.3¢/ liter", [(0.063, "liter", "")]),
        ("18.9¢/pf.liter", [(0.189, "pf. liter", "")]),
        ("10¢/doz.", [(0.1, "doz.", "")]),
        ("5¢/1000", [(0.05, "thousand", "")]),
        ("5¢/1,000", [(0.05, "thousand", "")]),
        ("5¢/thou- sand + 5%", [(0.05, "thousand", ""), (0.05, "", "")]),
        ("12¢/1,000 pins + 2%", [(0.12, "thousand pins", ""), (0.02, "", "")]),
        ("1.8¢/line/ gross + 3%", [(0.018, "line/gross", ""), (0.03, "", "")]),
        ("2¢/m2of recording surface", [(0.02, "m2 of recording surface", "")]),
        ("1¢/kg on drained weight +5%", [(0.01, "kg on drained weight", ""), (0.05, "", "")]),
        ("$1/t, including weight of container", [(1, "t, including weight of container", "")]),
        ("0.7¢/kg on lead content", [(0.007, "kg on lead content", "")]),
        ("2.8¢/jewel over 7", [(0.028, "jewel over 7", "")]),
        ("3.66¢/kg of total sugars + 8%", [(0.0366, "kg of total sugars", ""), (0.08, "", "")]),
        ("5% on the full value of the imported article", [(0.05, "", "")]),
        ("2.5% on the value of the lead content", [(0.025, "", "lead content")]),
        (
            "41¢ each + 5% on case and strap, band or bracelet + 4.2% on the battery",
            [
                (0.41, "each", ""),
                (0.05, "", "case and strap, band or bracelet"),
                (0.042, "", "battery"),
            ],
        ),
    ],
)
def test_a_text_is_read_in_parts(text: str, parts: list[tuple[float, str, str]]) -> None:
    rate = parse_rate(text)
    assert rate.parts == tuple(RatePart(*part) for part in parts)
    assert rate.text == text.strip()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("No change", "refers to another rate"),
        ("The duty provided in the applicable subheading + 25%", "refers to another rate"),
        ("The rate applicable to the natural juice in heading 2009", "refers to another rate"),
        ("The rate provided for beneficiary countries in heading 9", "refers to another rate"),
        ("3.6606¢/kg less 0.020668¢/kg for each degree", "has a limit or a sliding scale"),
        ("6% + 2.3¢/jewel, but if consisting of a plate", "has a limit or a sliding scale"),
        ("Free, under bond", "is free on a condition"),
        ("See 9822.05.15", "refers to a note or heading"),
        ("1 percent of the fair retail value", "is not understood"),
        ("37% /", "is not understood"),
        ("5", "is not understood"),
        ("5¢", "is not understood"),
        ("5¢/parsec", "is not understood"),
        ("5¢kg", "is not understood"),
        ("5¢/each", "is not understood"),
        ("5¢ kg", "is not understood"),
        ("-5%", "is not understood"),
        ("5% + ", "is not understood"),
        ("3.4Â¢/kg", "is not understood"),
        ("22¢/kg on drained weght + 45%", "is not understood"),
    ],
)
def test_a_text_that_is_no_rate_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert rate_or_reason(text) == reason
    with pytest.raises(InputError) as caught:
        parse_rate(text)
    assert str(caught.value) == f"the rate text {text!r} cannot be read: it {reason}"


@pytest.mark.parametrize("text", [None, 0.05, 5, b"5%"])
def test_only_text_is_read(text: object) -> None:
    with pytest.raises(InputError) as caught:
        parse_rate(text)  # type: ignore[arg-type]
    assert str(caught.value) == f"a rate text is needed, given {text!r}"


def test_figures_of_a_plain_rate() -> None:
    rate = parse_rate("3.4¢/kg + 8.5% + 1%")
    assert rate.is_plain
    assert (rate.ad_valorem_rate, rate.specific_usd_per_unit) == (0.095, 0.034)
    assert rate.specific_unit == "kg"
    free = StatutoryRate("Free", ())
    assert (free.ad_valorem_rate, free.specific_usd_per_unit, free.specific_unit) == (0, 0, "")


@pytest.mark.parametrize("text", ["5% on the case", "1¢/kg + 2¢/liter", "1¢ each + 2% on the case"])
def test_a_rate_that_two_figures_cannot_say_has_none(text: str) -> None:
    rate = parse_rate(text)
    assert not rate.is_plain
    assert math.isnan(rate.ad_valorem_rate)
    assert math.isnan(rate.specific_usd_per_unit)
    assert rate.specific_unit == ""


def test_text_is_put_on_one_line() -> None:
    assert tidy_text(" a\n b\t c ") == "a b c"
