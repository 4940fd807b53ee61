"""The command line as a user meets it: exit codes, pipes, languages, manners."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import Graph

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "firm.csv").write_text("id,name,name_en\nF1,甲公司,Firm A\nF2,乙公司,\n", "utf-8")
    (folder / "product.csv").write_text("id,name,name_en\nP1,光刻机,Scanner\nP2,晶圆,\n", "utf-8")
    (folder / "provides.csv").write_text("from,to,share\nF1,P1,100%\nF2,P2,140%\n", "utf-8")
    (folder / "requires.csv").write_text("from,to\nP2,P1\n", "utf-8")
    return folder


def test_ingest_ends_with_a_table_that_adds_up(graph: Graph, data: Path) -> None:
    done = graph("ingest", "data", "--format", "json")
    assert done.returncode == 0, done.stderr
    for file in json.loads(done.stdout):
        assert list(file) == ["file", "kind", "read", "accepted", "rejected", "unchanged"]
        assert file["read"] == file["accepted"] + file["rejected"] + file["unchanged"]
    again = graph("ingest", "data")
    assert again.returncode == 0 and again.stdout == ""
    assert "unchanged" in again.stderr and "provides.csv" in again.stderr


def test_rejected_rows_are_explained_and_can_be_mended(
    graph: Graph, data: Path, tmp_path: Path
) -> None:
    graph("ingest", "data")
    said = graph("rejects")
    assert "data/provides.csv\t3\tshare\t140%" in said.stdout
    mended = graph("rejects", "--format", "csv").stdout.replace("140%", "40%")
    assert mended.startswith("\ufeff")
    (tmp_path / "mended").mkdir()
    (tmp_path / "mended" / "provides.csv").write_text(mended, "utf-8")
    assert graph("ingest", "mended").returncode == 0
    assert json.loads(graph("stats", "--format", "json").stdout)["relations"]["PROVIDES"] == 2


def test_mended_rows_are_read_under_any_name(graph: Graph, data: Path, tmp_path: Path) -> None:
    graph("ingest", "data")
    (tmp_path / "fix").mkdir()
    mended = graph("rejects", "--format", "csv").stdout.replace("140%", "40%")
    (tmp_path / "fix" / "mended.csv").write_text(mended, "utf-8")
    done = graph("ingest", "fix")
    assert done.returncode == 0, done.stderr
    assert "#" not in done.stderr
    assert json.loads(graph("stats", "--format", "json").stdout)["relations"]["PROVIDES"] == 2


def test_mended_rows_keep_the_unit_above_their_table(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    text = "示例名录,,\n单位：万元,,\n企业名称,注册资本,成立日期\n甲公司,5000,2020-13-01\n乙公司,6000,2020\n"
    (tmp_path / "data" / "企业名录.csv").write_text(text, "utf-8")
    graph("ingest", "data")
    (tmp_path / "fix").mkdir()
    mended = graph("rejects", "--format", "csv").stdout.replace("2020-13-01", "2020-12-01", 1)
    (tmp_path / "fix" / "mended.csv").write_text(mended, "utf-8")
    assert graph("ingest", "fix").returncode == 0
    assert "50,000,000 CNY" in graph("show", "甲公司").stdout


def test_stats_as_the_contract_has_them(graph: Graph, data: Path) -> None:
    graph("ingest", "data")
    said = json.loads(graph("stats", "--format", "json").stdout)
    assert said["record"].startswith("sha256:")
    assert said["entities"] == {"Firm": 2, "Product": 2}
    assert said["relations"] == {"PROVIDES": 1, "REQUIRES": 1}
    assert said["rejected"] == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("stats",), 3, "graph ingest"),
        (("ingest", "nowhere"), 3, "nothing at nowhere"),
        (("gaps", "--format", "xml"), 2, "json"),
        (("nonsense",), 2, "nonsense"),
        (("stats", "--lang", "fr"), 2, "zh | en"),
        (("withdraw", "x"), 3, "no record"),
        (("export", "docx"), 2, "html"),
        (("query", "MATCH (n) RETURN n"), 3, "graph ingest"),
    ],
)
def test_exit_codes(graph: Graph, words: tuple[str, ...], code: int, said: str) -> None:
    done = graph(*words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_with_nothing_is_said_to_be_empty(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = graph("ingest", "empty")
    assert done.returncode == 3 and "holds no file" in done.stderr


def test_nothing_accepted_is_exit_1(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "firm.csv").write_text("id,name\nF1,\n", "utf-8")
    assert graph("ingest", "firm.csv").returncode == 1


def test_one_bad_file_does_not_stop_the_others(graph: Graph, data: Path) -> None:
    (data / "bad.csv").write_bytes(b"PK\x03\x04\x00\x00binary\x00" * 50)
    done = graph("ingest", "data")
    assert done.returncode == 3
    assert "bad.csv" in done.stderr and "Traceback" not in done.stderr
    assert json.loads(graph("stats", "--format", "json").stdout)["entities"]["Firm"] == 2


def test_strict_and_validate_exit_1_when_anything_is_wrong(graph: Graph, data: Path) -> None:
    assert graph("ingest", "data", "--strict").returncode == 1
    checked = graph("validate", "data")
    assert checked.returncode == 1
    assert "data/provides.csv:3: [share]" in checked.stdout
    (data / "provides.csv").write_text("from,to,share\nF1,P1,100%\n", "utf-8")
    assert graph("validate", "data").returncode == 0
    assert graph("ingest", "data", "--strict").returncode == 0
    assert graph("validate").returncode == 0


def test_validate_names_a_circle_and_a_wrong_end(graph: Graph, data: Path) -> None:
    (data / "requires.csv").write_text("from,to\nP2,P1\nP1,P2\nF1,P1\n", "utf-8")
    said = graph("validate", "data").stdout
    assert "data/requires.csv:2: REQUIRES runs in a circle of 2 links" in said
    assert "data/requires.csv:4: the from end of REQUIRES, 'F1', is a Firm" in said


def test_show_and_the_nearest_names(graph: Graph, data: Path) -> None:
    graph("ingest", "data")
    assert "data/firm.csv:2" in graph("show", "甲公司").stdout
    assert json.loads(graph("show", "Firm A", "--format", "json").stdout)["id"] == "F1"
    missed = graph("show", "甲公ㄙ")
    assert missed.returncode == 2 and "甲公司" in missed.stderr


def test_gaps_in_every_format(graph: Graph, data: Path) -> None:
    graph("ingest", "data")
    said = json.loads(graph("gaps", "--format", "json").stdout)
    assert {"run", "record", "method_version", "findings", "not_assessed"} <= set(said)
    first = next(f for f in said["findings"] if f["measure"] == "single-source")
    assert first["subject"]["id"] == "P1" and first["status"] == "found"
    assert first["evidence"][0] == {"source": "data", "file": "provides.csv", "line": 2}
    assert set(first["text"]) == {"zh", "en"}
    lines = graph("gaps", "--format", "jsonl").stdout.splitlines()
    assert len(lines) == len(said["findings"])
    assert graph("gaps", "--format", "csv").stdout.startswith("\ufeff")
    assert graph("gaps", "--format", "md").stdout.startswith("| measure |")
    assert "single-source" in graph("gaps").stdout
    explained = graph("gaps", "--explain", first["id"]).stdout
    assert "data/provides.csv:2" in explained
    assert graph("gaps", "--explain", "nothing").returncode == 2


def test_a_finding_is_explained_by_id_beginning_or_name(graph: Graph, data: Path) -> None:
    graph("ingest", "data")
    every = json.loads(graph("gaps", "--format", "json").stdout)["findings"]
    first = next(f for f in every if f["measure"] == "single-source")
    whole = graph("gaps", "--explain", first["id"]).stdout
    assert "Severity\n 1. " in whole and "severity = 1\n" in whole
    assert max(len(line) for line in whole.splitlines()) <= 100
    assert graph("gaps", "--explain", "single-source:").stdout == whole
    assert graph("gaps", "--measure", "single-source", "--explain", "光刻机").stdout == whole
    assert graph("gaps", "--explain", first["id"], "--format", "md").stdout.startswith("# ")
    told = json.loads(graph("gaps", "--explain", first["id"], "--format", "json").stdout)
    (one,) = told["findings"]
    assert one["derivation"][-1]["about"] == "rank"
    assert {k: v for k, v in one.items() if k != "derivation"} == first
    missed = graph("gaps", "--explain", "single-source:P2")
    assert missed.returncode == 2 and "single-source:P1" in missed.stderr
    several = graph("gaps", "--explain", "P1")
    assert several.returncode == 2 and "single-source:P1" in several.stderr


def test_gaps_fail_on_is_for_pipelines(graph: Graph, data: Path) -> None:
    graph("ingest", "data")
    assert graph("gaps", "--fail-on", "0.9").returncode == 1
    assert graph("gaps", "--measure", "missing-stage", "--fail-on", "0.9").returncode == 0
    assert graph("gaps", "--measure", "no-such").returncode == 2


def test_the_same_record_gives_the_same_bytes(graph: Graph, data: Path) -> None:
    graph("ingest", "data")
    for words in (("gaps", "--format", "json"), ("export", "html"), ("export", "ttl")):
        assert graph(*words).stdout == graph(*words).stdout


def test_an_output_file_is_whole_or_not_there(graph: Graph, data: Path, tmp_path: Path) -> None:
    graph("ingest", "data")
    assert graph("gaps", "--format", "json", "-o", "found.json").returncode == 0
    assert json.loads((tmp_path / "found.json").read_text("utf-8"))["findings"]
    refused = graph("gaps", "-o", "no/such/folder/found.json")
    assert refused.returncode == 2 and "Traceback" not in refused.stderr


def test_both_languages(graph: Graph, data: Path) -> None:
    graph("ingest", "data")
    assert "进程" not in graph("stats", "--lang", "en").stderr
    assert "没有标识或名称" in graph("show", "谁", "--lang", "zh").stderr
    assert "没有标识或名称" in graph("show", "谁", LC_ALL="zh_CN.UTF-8").stderr
    assert "建立工作区" in graph("--help", GRAPH_LANG="zh").stdout
    assert "企业" in graph("stats", "--lang", "zh").stdout


def test_no_colour_and_no_control_characters(graph: Graph, data: Path) -> None:
    (data / "firm.csv").write_text("id,name\nF1,\x1b[31m红\nF2,乙\n", "utf-8")
    done = graph("ingest", "data", NO_COLOR="1")
    shown = graph("show", "F1", NO_COLOR="1")
    assert "\x1b" not in done.stderr + shown.stdout


def test_settings_file_and_its_mistakes(graph: Graph, data: Path, tmp_path: Path) -> None:
    (tmp_path / "graph.toml").write_text('db = "other.duckdb"\nlang = "zh"\n', "utf-8")
    graph("ingest", "data")
    assert (tmp_path / "other.duckdb").is_file()
    assert "企业" in graph("stats").stdout
    assert graph("stats", "--db", "third.duckdb").returncode == 3
    (tmp_path / "graph.toml").write_text("colour = 1\n", "utf-8")
    wrong = graph("stats")
    assert wrong.returncode == 3 and "colour" in wrong.stderr
    (tmp_path / "graph.toml").write_text('[neo4j]\npassword = "x"\n', "utf-8")
    assert "NEO4J_PASSWORD" in graph("stats").stderr


def test_withdraw_brings_nothing_down(graph: Graph, data: Path) -> None:
    graph("ingest", "data")
    before = json.loads(graph("stats", "--format", "json").stdout)["record"]
    assert graph("withdraw", "data/provides.csv").stdout == "data/provides.csv\n"
    graph("ingest", "data")
    assert json.loads(graph("stats", "--format", "json").stdout)["record"] == before


def test_a_closed_pipe_is_no_error(graph: Graph, data: Path, tmp_path: Path) -> None:
    graph("ingest", "data")
    program = Path(sys.executable).with_name("graph")
    piped = subprocess.run(
        f"'{program}' gaps --format json | head -1",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert piped.stdout.strip() == "{" and piped.stderr == ""


def test_schema_lists_classes_and_measures(graph: Graph) -> None:
    assert "PilotTestPlatform" in graph("schema").stdout
    assert "classDiagram" in graph("schema", "--format", "mermaid").stdout
    assert "single-source" in graph("schema", "--methods").stdout


def test_version(graph: Graph) -> None:
    assert graph("--version").stdout.startswith("graph 0.")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_in_the_midst_of_an_ingest(tmp_path: Path, number: int, code: int) -> None:
    rows = "".join(f"F{i},示例企业{i}\n" for i in range(400_000))
    (tmp_path / "firm.csv").write_text("id,name\n" + rows, "utf-8")
    program = Path(sys.executable).with_name("graph")
    for delay in (0.8, 1.1, 1.4):
        process = subprocess.Popen(
            [str(program), "ingest", "firm.csv"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode in (0, code) and "Traceback" not in said, said
        (tmp_path / "graph.duckdb").unlink(missing_ok=True)
