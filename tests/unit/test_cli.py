import json
import subprocess
import sys
from pathlib import Path

import pytest

import tariffcalc as tc
from tariffcalc.cli import main

DAY = "2025-10-17"


@pytest.fixture
def scenario_file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    tc.load_scenario("korea-us", as_of=DAY).to_toml(path)
    return path


def test_compare_prints_both_blocks_and_the_vintage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "korea-us", "--as-of", "2025-10-17"]) == 0
    out = capsys.readouterr().out
    blocks = out.split("\n\n")
    assert blocks[0] == (
        "What each structure costs the payer ($bn; outlays, receipts and net cost: present values)"
    )
    assert blocks[1].splitlines()[0].split() == [
        "structure", "headline", "cash", "loans", "guarantees", "outlays", "receipts", "net",
        "cost", "subsidy", "IRR", "break-even",
    ]  # fmt: skip
    assert blocks[1].splitlines()[3].split()[:3] == ["upfront-cash", "350.0", "350.0"]
    assert blocks[2] == "When, against which capacity, and is it worth it ($bn)"
    assert blocks[4].startswith("korea-us as of 2025-10-17; discounted at 5.08% a year; ")
    assert blocks[4].endswith(f"scenario {tc.load_scenario('korea-us', as_of=DAY).hash}\n")


def test_compare_of_one_structure_as_csv_is_the_frame(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "korea-us", "--structure", "no-deal", "--format", "csv"]) == 0
    frame = tc.compare(tc.load_scenario("korea-us"), structures=["no-deal"])
    assert capsys.readouterr().out == frame.to_csv(lineterminator="\n")


def test_compare_as_json_keeps_every_digit_and_writes_null_for_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["compare", "korea-us", "--format", "json"]) == 0
    read = json.loads(capsys.readouterr().out)
    frame = tc.compare(tc.load_scenario("korea-us"))
    assert [row["structure"] for row in read["rows"]] == list(
        frame.index.get_level_values("structure")
    )
    assert [row["net_cost_usd"] for row in read["rows"]] == pytest.approx(
        frame["net_cost_usd"].tolist(), rel=1e-14
    )
    assert read["rows"][-1]["payer_irr"] is None
    assert read["units"]["net_cost_usd"] == "USD"
    assert read["notes"] == frame.attrs["notes"]


def test_compare_of_two_files_names_scenario_and_structure(
    scenario_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = scenario_file.with_name("other.json")
    changed = tc.load_scenario("korea-us", as_of=DAY).replace({"name": "other"})
    changed.to_json(other)
    assert main(["compare", str(scenario_file), str(other), "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert "| korea-us upfront-cash | 350.0 |" in out
    assert "| other upfront-cash | 350.0 |" in out
    assert "| --- | ---: |" in out


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown"])
def test_show_lists_every_number(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "korea-us", "--format", form]) == 0
    out = capsys.readouterr().out
    for path in tc.load_scenario("korea-us").parameters().index:
        assert path in out


def test_show_says_range_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", "korea-us"])
    line = next(
        row for row in capsys.readouterr().out.splitlines() if row.startswith("tariffs.durability ")
    )
    assert line.split()[1:9] == [
        "0.9", "fraction", "per", "year", "assumption", "0.5", "to", "1",
    ]  # fmt: skip


def test_validate_says_what_a_file_holds(
    scenario_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = tc.load_scenario("korea-us", as_of=DAY)
    assert main(["validate", str(scenario_file)]) == 0
    assert capsys.readouterr().out == (
        f"{scenario_file} is valid: korea-us as of 2025-10-17, 8 structures, "
        f"{len(scenario.parameters())} numbers, hash {scenario.hash}\n"
    )


@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown"])
def test_list_names_the_packaged_scenarios(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--format", form]) == 0
    out = capsys.readouterr().out
    assert "korea-us" in out
    assert "2025-10-17" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["compare", "korea-usa"],
            (
                "error: unknown scenario 'korea-usa'; did you mean 'korea-us'? Allowed: eu-us, "
                "japan-us, korea-us, switzerland-us, taiwan-us.\n"
            ),
        ),
        (
            ["compare", "mine.toml", "--as-of", "2025-10-17"],
            "error: --as-of chooses a packaged vintage; mine.toml states its own as_of\n",
        ),
        (["validate", "mine.txt"], "error: mine.txt: a .toml or .json file is needed\n"),
        (["validate", "none.toml"], "error: none.toml: no such file\n"),
    ],
)
def test_a_fault_of_the_input_is_one_line_and_exit_code_1(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.err == message
    assert captured.out == ""


def test_a_command_that_is_not_understood_is_exit_code_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["compare"])
    assert caught.value.code == 2
    assert "required: scenario" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_fault() -> None:
    code = "import sys; from tariffcalc.cli import main; sys.exit(main(['schema']))"
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_a_closed_pipe_inside_the_process_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "sink").open("w", encoding="utf-8") as sink:

        class Gone:
            def write(self, _: str) -> None:
                raise BrokenPipeError

            def fileno(self) -> int:
                return sink.fileno()

        monkeypatch.setattr(sys, "stdout", Gone())
        assert main(["list"]) == 0
    assert (tmp_path / "sink").read_text(encoding="utf-8") == ""
