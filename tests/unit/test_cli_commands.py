"""What each command of the command line does; test_cli.py has how the line as a whole behaves."""

import datetime as dt
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

import pytest

import tariffcalc as tc
from tariffcalc.cli import files, main, progress, workers
from tariffcalc.cli.commands import Command, change
from tariffcalc.cli.program import COMMANDS
from tariffcalc.cli.progress import Meter
from tariffcalc.cli.tariffs import duties
from tariffcalc.studies.schema import study_schema

DAY = "2025-10-17"
PACKAGED = tc.load_scenario("korea-us", as_of=DAY)
KOREA = tc.load_flows("us-imports-2024", partners=["KOR"])
EXAMPLE = Path(__file__).parents[2] / "examples" / "korea.study.toml"
SMALL = f"""
name = "small"
scenarios.now = {{ packaged = "korea-us", as_of = {DAY} }}
simulate.x = {{ scenario = "now", structures = ["no-deal"], draws = 9, seed = 1 }}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working directory with the files that the examples name."""
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "small.toml").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a command prints; it must end well and say nothing else."""
    assert main(shlex.split(arguments)) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def refused(arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(shlex.split(arguments)) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


# Help


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_help_of_a_command_shows_an_example_that_runs(
    command: Command, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command.name, "--help"])
    assert caught.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"{command.help[0].upper()}{command.help[1:]}." in shown
    assert shown.endswith(f"example: tariffcalc {command.example}")
    assert command.example.startswith(command.name)
    assert printed(command.example.partition(" > ")[0], capsys)


def test_the_commands_are_listed_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    names = [command.name for command in COMMANDS]
    assert names == ["compare", "show", "tariffs", "explain", "run", "report", "validate", "schema",
                     "list"]  # fmt: skip
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for command in COMMANDS:
        assert f"{command.name} {command.help}" in shown
    assert "Cost of an investment pledge against the tariff relief it buys." in shown
    assert shown.endswith(f"example: tariffcalc {COMMANDS[0].example}")


def test_the_version_is_the_librarys(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"tariffcalc {tc.__version__}\n"


# --set


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("tariffs.durability=0.8", "tariffs.durability", 0.8),
        (" a.b = 1e9 ", "a.b", 1e9),
        ("a=1_000", "a", 1000),
        ("a=true", "a", True),
        ("a=2026-01-01", "a", dt.date(2026, 1, 1)),
        ("a=all_end", "a", "all_end"),
        ('a="all_end"', "a", "all_end"),
        ("a=x=y", "a", "x=y"),
        ("a=[0.1, 0.2]", "a", [0.1, 0.2]),
        ('a={kind = "level", years = 3}', "a", {"kind": "level", "years": 3}),
        ("a=1\nb = 2", "a", "1\nb = 2"),
        ("a=15%", "a", "15%"),
    ],
)
def test_a_change_is_read_as_its_type(text: str, path: str, value: Any) -> None:
    read = change(text)
    assert read == (path, value)
    assert type(read[1]) is type(value)


@pytest.mark.parametrize("text", ["", "a", "a=", "=1", "a= "])
def test_a_change_needs_path_and_value(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        change(text)
    said = f"path=value is needed, such as tariffs.durability=0.8, given {text!r}"
    assert str(caught.value) == said
    with pytest.raises(SystemExit) as ended:
        main(["show", "korea-us", "--set", text])
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: argument --set: {said}\n")


def test_changes_are_made_in_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    changes = {"tariffs.durability": 0.8, "valuation.timing": "all_end"}
    options = " ".join(f"--set {path}={value}" for path, value in changes.items())
    shown = printed(f"compare korea-us korea-us --as-of {DAY} {options} --format csv", capsys)
    changed = PACKAGED.replace(changes)
    assert shown == tc.compare(changed, changed).to_csv(lineterminator="\n")
    numbers = printed(f"show korea-us --as-of {DAY} {options} --format csv", capsys)
    assert numbers == changed.parameters().to_csv(lineterminator="\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--set tariffs.durabilty=1 --set economy.reservs_usd=1",
         ("error: the scenario cannot be changed: 2 faults\n"
          "  - unknown path 'economy.reservs_usd'; did you mean 'economy.reserves_usd'")),
        ("--set tariffs.durability=15",
         ("error: Scenario cannot be built:\n  - tariffs.durability: input should be less than or "
          "equal to 1, given 15\n")),
        ("--set tariffs.durability=1 --set tariffs.durability=1",
         "error: --set: tariffs.durability is given twice; leave one out\n"),
        ("--as-of 2025-13-01", "error: a date like 2025-10-17 is needed, given '2025-13-01'\n"),
    ],
)  # fmt: skip
def test_a_change_that_does_not_fit_is_told(
    options: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(f"show korea-us {options}", capsys).startswith(said)


# tariffs


def test_tariffs_by_sector_are_those_of_the_schedules(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(f"tariffs korea-us --as-of {DAY}", capsys)
    lines = shown.splitlines()
    assert lines[0].split("  ")[0] == "sector"
    assert lines[0].split()[1:] == [
        "imports", "$bn", "status", "quo", "no", "deal", "deal", "duty", "saved", "$bn", "points",
    ]  # fmt: skip
    cars = next(line for line in lines if line.startswith("Passenger cars"))
    assert cars.split()[2:] == ["36.86", "25.05%", "25.05%", "15.00%", "3.70", "-10.05"]
    whole = next(line for line in lines if line.startswith("all"))
    assert whole.split() == ["all", "130.46", "17.85%", "21.15%", "13.94%", "9.40", "-7.20"]
    assert lines[-2] == ""
    assert lines[-1] == (
        "korea-us as of 2025-10-17, entered on 2025-10-17: effective rates on us-imports-2024 from "
        "KOR; saved by the deal against no deal, prices and quantities fixed; scenario "
        f"{PACKAGED.hash}"
    )


@pytest.mark.parametrize("by", ["sector", "chapter", "authority"])
def test_duties_are_those_of_the_library(by: Any) -> None:
    day = dt.date(2025, 11, 3)
    found = duties(PACKAGED, KOREA, day, by)
    compared = tc.compare_tariffs(
        KOREA, {"no_deal": PACKAGED.no_deal, "deal": PACKAGED.deal}, on=day, by=by
    )
    now = PACKAGED.status_quo.effective_rate(KOREA, on=day, by=by)
    assert found.index.name == by
    assert list(found) == [
        "value_usd", "status_quo_rate", "no_deal_rate", "deal_rate", "status_quo_duty_usd",
        "no_deal_duty_usd", "deal_duty_usd", "saving_usd", "rate_change_pp",
    ]  # fmt: skip
    for name in compared.index:
        for column in compared.columns:
            assert found.loc[name, column] == compared.loc[name, column]
        assert found.loc[name, "status_quo_rate"] == now.loc[name, "effective_rate"]
        assert found.loc[name, "status_quo_duty_usd"] == now.loc[name, "duty_usd"]
    assert found.index[-1] == "all"
    assert len(found) == len(compared) + 1
    rate = PACKAGED.status_quo.effective_rate(KOREA, on=day)
    assert found.loc["all", "status_quo_rate"] == pytest.approx(rate, rel=1e-12)
    parts = found["status_quo_duty_usd"].iloc[:-1].sum()
    assert parts == pytest.approx(found.loc["all", "status_quo_duty_usd"], rel=1e-12)
    assert set(found.attrs["units"]) == set(found)


def test_an_authority_that_only_one_schedule_knows_is_0_elsewhere() -> None:
    less = PACKAGED.replace({"tariffs.no_deal": [], "tariffs.deal": []})
    found = duties(less, KOREA, dt.date(2025, 10, 17), "authority")
    assert found.loc["section_232_autos", ["no_deal_rate", "deal_rate", "saving_usd"]].tolist() == [
        0.0, 0.0, 0.0,
    ]  # fmt: skip
    assert found.loc["section_232_autos", "status_quo_rate"] > 0.09
    assert found["value_usd"].nunique() == 1


def test_tariffs_as_csv_and_json_are_the_frame_alone(capsys: pytest.CaptureFixture[str]) -> None:
    asked = f"tariffs korea-us --as-of {DAY} --on 2025-11-03 --by authority --format"
    frame = duties(PACKAGED, KOREA, dt.date(2025, 11, 3), "authority")
    assert printed(f"{asked} csv", capsys) == frame.to_csv(lineterminator="\n")
    read = json.loads(printed(f"{asked} json", capsys))
    assert read["units"] == frame.attrs["units"]
    assert [row["authority"] for row in read["rows"]] == frame.index.tolist()
    assert printed(f"{asked} markdown", capsys).startswith("| authority | imports $bn |")


def test_tariffs_over_time_are_the_packaged_laws(capsys: pytest.CaptureFixture[str]) -> None:
    asked = f"tariffs korea-us --as-of {DAY} --since 2025-04-01 --on 2025-05-31"
    law = tc.load_schedule("united-states", as_of=DAY)
    frame = law.timeline(KOREA, start="2025-04-01", end="2025-05-31")
    assert printed(f"{asked} --format csv", capsys) == frame.to_csv(lineterminator="\n")
    lines = printed(asked, capsys).splitlines()
    assert lines[0].startswith("date")
    assert "  reciprocal  section 232 autos  " in lines[0]
    assert "section 232 copper" not in lines[0]  # none before August
    assert [line.split()[0] for line in lines[2:]] == [str(day.date()) for day in frame.index]
    april = frame.loc["2025-04-10"]
    assert next(line for line in lines if line.startswith("2025-04-10")).split()[-1] == (
        f"{april['total_rate']:.2%}"
    )
    to_date = printed(f"tariffs korea-us --as-of {DAY} --since 2025-10-01 --format csv", capsys)
    assert to_date.splitlines()[-1].startswith("2025-10-14")


def test_the_packaged_law_takes_no_changes(capsys: pytest.CaptureFixture[str]) -> None:
    asked = "tariffs korea-us --since 2025-04-01 --set tariffs.durability=1"
    assert refused(asked, capsys) == (
        "error: --since shows the packaged law, which --set does not change; leave one\n"
    )


# explain


def test_explain_says_why_a_line_pays_what_it_pays(capsys: pytest.CaptureFixture[str]) -> None:
    law = tc.load_schedule("united-states", as_of=DAY)
    line = KOREA.frame[KOREA.frame["hs"] == "8703230140"]
    said = f"{law.explain(line, on=DAY)}\n"
    for code in ("8703230140", "8703.23.01.40"):
        assert printed(f"explain {code} --as-of {DAY}", capsys) == said
    assert said.startswith("8703230140 from KOR on 2025-10-17: 25.05% of value.\n")
    later = printed(f"explain 8703230140 --as-of {DAY} --on 2025-03-01", capsys)
    assert later.startswith("8703230140 from KOR on 2025-03-01: 0.04574% of value.\n")


def test_explain_takes_partner_schedule_and_newest_law(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed("explain 870323 --partner JPN", capsys).startswith(
        "870323 from JPN on 2026-01-16: 15% of value."
    )
    assert printed("explain 8703230140 --partner JPN --on 2025-08-01", capsys).startswith(
        "8703230140 from JPN on 2025-08-01: 27.5% of value."
    )
    for schedule, rate in (("status_quo", 25), ("no_deal", 25), ("deal", 15)):
        asked = f"explain 8703230140 --as-of {DAY} --schedule {schedule} --scenario korea-us"
        head = printed(asked, capsys).splitlines()[0]
        assert head.startswith(f"8703230140 from KOR on 2025-10-17: {rate}")


def test_explain_as_a_table_has_a_row_per_measure(capsys: pytest.CaptureFixture[str]) -> None:
    law = tc.load_schedule("united-states", as_of=DAY)
    line = KOREA.frame[KOREA.frame["hs"] == "8703230140"]
    table = law.explain(line, on=DAY).table
    asked = f"explain 8703230140 --as-of {DAY} --format"
    assert printed(f"{asked} csv", capsys) == table.to_csv(lineterminator="\n")
    rows = printed(f"{asked} markdown", capsys).splitlines()
    assert rows[0].startswith("| measure | authority | heading | form | rate |")
    assert len(rows) == 2 + len(table)
    assert rows[2].startswith("| base | base |  | base | 0.025 |")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("8703", ("error: 8703: 32 lines (first 5: '8703230140', '8703220110', '8703240150', "
                  "'8703400020', '8703800060') from KOR begin with it; give one of them\n")),
        ("9999999999", ("error: the tariff schedule has no line for 1 code: '9999999999'; check "
                        "the codes, or give mfn_rate yourself\n")),
    ],
)  # fmt: skip
def test_explain_refuses_a_code_that_is_not_one_line(
    code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(f"explain {code}", capsys) == said


def test_a_partner_without_packaged_law_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("explain 0406905700 --partner BRA", capsys).startswith(
        "error: the schedule holds the law on KOR, JPN, "
    )


# run


def test_run_says_what_it_wrote_and_what_was_kept(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "study small in out:\n  simulate.x.csv  1 row\nchunks: "
    run = "run small.toml --out out"
    kept = "kept from an earlier run\n"
    assert printed(run, capsys) == f"{head}1 computed, 0 {kept}"
    assert printed(run, capsys) == f"{head}0 computed, 1 {kept}"
    (chunk,) = (here / "out" / "chunks").rglob("*.npy")
    chunk.write_bytes(b"")
    damaged = kept.replace("\n", ", 1 damaged and computed again\n")
    assert printed(run, capsys) == f"{head}1 computed, 0 {damaged}"
    (here / "small.toml").write_text(SMALL.replace("seed = 1", "seed = 2"))
    removed = kept.replace("\n", ", 1 of something else removed\n")
    assert printed(run, capsys) == f"{head}1 computed, 0 {removed}"


def test_run_over_two_processes_writes_the_same_bytes(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed("run small.toml --out one", capsys)
    printed("run small.toml --out two --workers 2", capsys)
    files_of = [
        {f.relative_to(here / out): f.read_bytes() for f in (here / out).rglob("*") if f.is_file()}
        for out in ("one", "two")
    ]
    assert files_of[0] == files_of[1]
    assert len(files_of[0]) == 3


@pytest.mark.parametrize("count", ["0", "-1", "two", "1.5"])
def test_workers_are_a_whole_number(
    count: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", "small.toml", "--out", "out", f"--workers={count}"])
    assert caught.value.code == 2
    said = f"--workers: a whole number of at least 1 is needed, given {count!r}\n"
    assert capsys.readouterr().err.endswith(said)


def test_a_study_that_does_not_fit_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "small.toml").write_text(SMALL.replace("no-deal", "no-dael"))
    for command in ("run small.toml --out out", "validate small.toml"):
        assert refused(command, capsys).startswith(
            "error: study small cannot be run: 1 fault\n  - simulate.x: unknown structure "
            "'no-dael'; did you mean 'no-deal'?"
        )
    assert not (here / "out").exists()


def start(folder: Path, count: int) -> subprocess.Popen[bytes]:
    """Start a long run over two processes, and wait until some chunks are there."""
    (folder / "small.toml").write_text(SMALL.replace("draws = 9", "draws = 5_000_000"))
    code = "import sys; from tariffcalc.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments = ["run", "small.toml", "--out", "out", "--workers", "2"]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code, *arguments],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    while len(list((folder / "out").rglob("*.npy"))) < count:
        assert process.poll() is None
        time.sleep(0.01)
    return process


def test_ctrl_c_ends_a_run_with_130_and_one_line(here: Path) -> None:
    process = start(here, 1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers too
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out == b""
    assert err == (b"interrupted: finished chunks are kept; the same command goes on from there\n")


def test_workers_end_with_a_run_that_is_killed(here: Path) -> None:
    process = start(here, 1)
    process.kill()
    process.communicate(timeout=120)  # returns when nobody holds the pipes any more
    assert process.returncode == -signal.SIGKILL


def test_ctrl_c_in_another_command_is_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def strike() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tariffcalc.scenario.presets.list_scenarios", strike)
    assert main(["list"]) == 130
    assert capsys.readouterr() == ("", "interrupted\n")


def test_a_worker_leaves_ctrl_c_alone_and_ends_with_its_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        workers.begin()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    happened: list[object] = []

    class Parent:
        def join(self) -> None:
            happened.append("joined")

    monkeypatch.setattr(workers, "parent_process", Parent)
    monkeypatch.setattr(os, "_exit", happened.append)
    workers._end_with_parent()
    assert happened == ["joined", 1]


# report


def test_report_writes_the_page_of_the_library(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = f"report korea-us --as-of {DAY} --structure three-years --draws 50 --seed 2 -o r.html"
    said = f"r.html: korea-us as of {DAY}, scenario "
    assert printed(asked, capsys) == f"{said}{PACKAGED.hash}\n"
    options: dict[str, Any] = {"structures": ["three-years"], "draws": 50, "seed": 2}
    assert (here / "r.html").read_text("utf-8") == tc.report.report_html(PACKAGED, **options)
    changed = PACKAGED.replace({"tariffs.durability": 0.8})
    assert printed(f"{asked} --set tariffs.durability=0.8", capsys) == f"{said}{changed.hash}\n"
    assert changed.hash in (here / "r.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("-o r.txt", "error: path: a file that ends in .html is needed, given 'r.txt'\n"),
        ("-o none/r.html",
         "error: none/r.html: there is no folder 'none'; make it first\n"),
        ("-o r.html --draws 1",
         "error: draws: a whole number of at least 2 is needed, given 1\n"),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_is_refused(
    options: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(f"report korea-us {options}", capsys) == said
    assert not list(here.glob("r.*"))


def test_a_report_without_a_place_is_told(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tariffcalc.report.html.write_report", full)
    assert refused("report korea-us -o r.html", capsys) == (
        "error: 'r.html' cannot be written: No space left on device\n"
    )


# Progress


class Stream:
    """Stands for standard error: a terminal, or not."""

    def __init__(self, terminal: bool) -> None:
        self.isatty, self.text, self.flushed = lambda: terminal, "", 0

    def write(self, text: str) -> None:
        """Take a text."""
        self.text += text

    def flush(self) -> None:
        """Count."""
        self.flushed += 1


def test_progress_is_one_line_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([5.0, 5.05, 5.125, 9.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    stream = Stream(terminal=True)
    meter = Meter(10_000, stream)  # type: ignore[arg-type]
    for _ in range(3):
        meter(2_000)
    assert stream.text == (
        "\r2,000 of 10,000 points and draws (20%)\r6,000 of 10,000 points and draws (60%)"
    )
    assert stream.flushed == 2
    meter.clear()
    assert stream.text.endswith("(60%)\r\x1b[K")
    assert stream.flushed == 3


def test_progress_is_nothing_where_nobody_looks() -> None:
    stream = Stream(terminal=False)
    meter = Meter(0, stream)  # type: ignore[arg-type]
    meter(1)
    meter.clear()
    assert (stream.text, stream.flushed) == ("", 0)


def test_progress_of_nothing_is_shown_too() -> None:
    stream = Stream(terminal=True)
    Meter(0, stream)(0)  # type: ignore[arg-type]
    assert stream.text == "\r0 of 0 points and draws (0%)"


# validate, schema


def test_validate_says_what_a_study_holds(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = tc.Study.from_toml(here / "small.toml")
    assert printed("validate small.toml", capsys) == (
        "small.toml is valid: study small, 1 scenario, 1 item, 9 points and draws, "
        f"hash {study.hash}\n"
    )
    study.to_json(here / "small.json")
    assert "is valid: study small" in printed("validate small.json", capsys)
    assert "study korea-october, 2 scenarios, 5 items, 20,244 points" in printed(
        f"validate {EXAMPLE.name}", capsys
    )


def test_schema_is_of_a_scenario_or_of_a_study(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(printed("schema --study", capsys)) == study_schema()
    assert "pledge" in json.loads(printed("schema", capsys))["properties"]
    assert files.SCHEMA.name == "schema"
