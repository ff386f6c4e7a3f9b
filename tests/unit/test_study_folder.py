import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tariffcalc.errors import InputError
from tariffcalc.studies.folder import csv_text, folder_at
from tariffcalc.tables import labelled

FRAME = labelled(
    pd.DataFrame({"x_usd": [0.1 + 0.2, np.nan], "word": ["a,b", '"']}), {"x_usd": "USD"}
)
KEPT = "000000-0123456789abcdef-0123456789abcdef.npy"


def planned(**keys: str) -> dict[str, Any]:
    return {"items": {label: {"key": key} for label, key in keys.items()}}


def test_numbers_are_written_in_full_and_words_in_quotes() -> None:
    assert csv_text(FRAME) == 'x_usd,word\n0.30000000000000004,"a,b"\n,""""\n'


def test_index_levels_come_first_and_dates_are_iso() -> None:
    frame = pd.DataFrame(
        {"day": pd.to_datetime(["2025-10-17"]), "on": [True], "years": [3]},
        index=pd.Index(["three"], name="structure"),
    )
    assert csv_text(frame) == "structure,day,on,years\nthree,2025-10-17,True,3\n"


def test_a_table_in_a_cell_is_json_and_a_formula_is_a_word() -> None:
    frame = pd.DataFrame({"v": pd.Series([{"kind": "level"}, "=1+1", "-", 5], dtype=object)})
    assert csv_text(frame) == 'v\n"{""kind"": ""level""}"\n\'=1+1\n\'-\n5\n'
    assert frame["v"].tolist() == [{"kind": "level"}, "=1+1", "-", 5]


def test_what_is_written_is_said(tmp_path: Path) -> None:
    assert folder_at(tmp_path).write("sweep.x", FRAME) == {
        "file": "sweep.x.csv",
        "rows": 2,
        "sha256": "f055183a53b7b1d8c24178eb5a338b9e87eab1b314966a1007261c6c768fd2c2",
        "units": {"x_usd": "USD"},
        "notes": [],
    }
    assert (tmp_path / "sweep.x.csv").read_text() == csv_text(FRAME)
    assert [file.name for file in tmp_path.iterdir()] == ["sweep.x.csv"]


def test_results_of_another_key_are_removed_before_the_manifest_says_the_new_one(
    tmp_path: Path,
) -> None:
    folder = folder_at(tmp_path / "new" / "out")
    folder.open(planned(a="1", b="1", c="1"))
    for name in ("a.csv", "b.csv", "c.csv", "mine.csv"):
        (folder.path / name).write_text(name)
    folder.open(planned(a="1", b="2", d="1"))
    assert sorted(file.name for file in folder.path.iterdir()) == [
        "a.csv", "manifest.json", "mine.csv",
    ]  # fmt: skip
    assert json.loads((folder.path / "manifest.json").read_text()) == planned(a="1", b="2", d="1")


def test_tidying_removes_own_files_only(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    for name in ("manifest.json.part", "a.csv.part", "b.csv.part", "chunks/file"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    for label in ("a", "old", "mixed"):
        folder.chunks(label).mkdir()
        (folder.chunks(label) / KEPT).write_text("")
    (folder.chunks("mixed") / "mine").write_text("")
    folder.tidy(["a"])
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()) == [
        "b.csv.part", f"chunks/a/{KEPT}", "chunks/file", "chunks/mixed/mine",
    ]  # fmt: skip
    assert not folder.chunks("old").exists()


def test_an_empty_folder_of_chunks_does_not_stay(tmp_path: Path) -> None:
    folder = folder_at(tmp_path)
    folder.chunks("old").mkdir(parents=True)
    (folder.chunks("old") / KEPT).write_text("")
    folder.tidy(["a"])
    assert list(tmp_path.iterdir()) == []
    folder.tidy(["a"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ('{"items": {"a": {"rows": 1}}}', "'key'"),
    ],
)
def test_a_manifest_of_something_else_is_refused(content: str, said: str, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(content)
    with pytest.raises(InputError) as caught:
        folder_at(tmp_path).open(planned(a="1"))
    prefix = f"{manifest} cannot be read: " if said.startswith("Exp") else ""
    assert str(caught.value) == (
        f"{manifest} is not what a run of a study writes ({prefix}{said}): nobody can say of which "
        "study the results beside it are. Remove the folder, or give another one"
    )


def test_a_folder_is_a_place_to_write_to(tmp_path: Path) -> None:
    for out, said in (
        (3, "out: a pathlib.Path or text is needed, given 3"),
        ("a\0", "out: 'a\\x00' is no folder to write to: embedded null byte"),
    ):
        with pytest.raises(InputError) as caught:
            folder_at(out)
        assert str(caught.value) == said
