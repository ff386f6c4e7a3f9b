import pandas as pd
import pytest

from tariffcalc.data import data_names, data_table, data_text


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("trade/us-imports-2024-kor.csv.gz", {"hs", "partner", "value_usd", "mfn_rate"}),
        ("law/product-lists.csv.gz", {"list", "hs", "start", "end", "citation"}),
        ("partners.csv", {"code"}),
        ("sectors.csv", {"hs", "sector"}),
    ],
)
def test_a_packaged_table_is_text_throughout_and_read_once(name: str, columns: set) -> None:
    table = data_table(name)
    assert set(table.columns) >= columns
    assert all(pd.api.types.is_string_dtype(table[column].dropna()) for column in table.columns)
    assert data_table(name) is table


def test_every_line_of_a_packaged_table_is_read() -> None:
    assert len(data_table("trade/us-imports-2024-kor.csv.gz")) == 8327
    assert len(data_table("sectors.csv")) == data_text("sectors.csv").count("\n") - 1


def test_namibia_is_a_partner_and_zeros_lead() -> None:
    assert "NAM" in set(data_table("partners.csv")["code"])
    assert data_table("partners.csv")["code"].notna().all()
    assert data_table("sectors.csv")["hs"].iloc[0] == "01"
    assert data_table("trade/us-imports-2024-kor.csv.gz")["hs"].iloc[0] == "0101290090"


def test_an_empty_cell_is_unknown() -> None:
    lists = data_table("law/product-lists.csv.gz")
    assert lists["end"].isna().any()
    assert lists["start"].notna().all()


def test_text_is_read_as_it_is_written() -> None:
    assert data_text("sectors.csv").startswith("hs,sector\n01,Agriculture and fish\n")


def test_a_folder_lists_its_files_in_order() -> None:
    for folder, name in (
        ("law", "product-lists.csv.gz"),
        ("scenarios", "korea-us.2025-10-17.toml"),
    ):
        names = data_names(folder)
        assert name in names
        assert names == sorted(names)
