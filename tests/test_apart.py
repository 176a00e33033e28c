"""Files that are read are never written over: each command that makes a file of documents refuses to."""

import pytest

from cyberclass.cli import main

TEXT = "Somebody broke into the network of a tram company and left no trace"
ROWS = "id,text,motivation\n" + "".join(f"{n},{TEXT} on day {n},criminal\n" for n in range(4))


@pytest.mark.parametrize(
    ("read", "arguments", "written"),
    [
        ("a.csv", ["import", "csv", "a.csv", "-o", "a.csv"], "a.csv"),
        ("b.csv.rejects.csv", ["import", "csv", "b.csv.rejects.csv", "-o", "b.csv"], "b.csv.rejects.csv"),
        ("a.csv", ["convert", "a.csv", "-o", "./a.csv"], "a.csv"),
        ("a.csv", ["sample", "a.csv", "-n", "2", "-o", "a.csv"], "a.csv"),
        ("a.csv", ["merge", "a.csv", "-o", "a.csv"], "a.csv"),
        ("a.csv.conflicts.csv", ["merge", "a.csv.conflicts.csv", "-o", "a.csv"], "a.csv.conflicts.csv"),
        ("parts/train.jsonl", ["split", "parts/train.jsonl", "-o", "parts"], "parts/train.jsonl"),
        ("parts/test.jsonl", ["split", "parts", "-o", "parts"], "parts/test.jsonl"),
        ("a.csv", ["audit", "a.csv", "-o", "a.csv"], "a.csv"),
    ],
)
def test_no_command_writes_over_what_it_reads(read, arguments, written, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / read).parent.mkdir(exist_ok=True)
    (tmp_path / read).write_text(ROWS)
    assert main(["corpus", *arguments]) == 1
    assert f"cyberclass: {written}: is among the files to read" in capsys.readouterr().err
    assert (tmp_path / read).read_text() == ROWS
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / read]


def test_a_folder_in_the_place_of_a_list_is_told_before_anything_is_written(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(ROWS)
    (tmp_path / "out.jsonl.rejects.csv").mkdir()
    assert main(["corpus", "import", "csv", str(tmp_path / "a.csv"), "-o", str(tmp_path / "out.jsonl")]) == 1
    assert "out.jsonl.rejects.csv: found a folder" in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


def test_an_audit_that_cannot_be_written_is_told_before_any_model_learns(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.csv").write_text(ROWS)
    monkeypatch.setattr("cyberclass.evaluation.audit.audit_labels", lambda *_, **__: pytest.fail("learned"))
    assert main(["corpus", "audit", str(tmp_path / "a.csv"), "-o", str(tmp_path / "nowhere" / "doubts.csv")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_the_account_of_an_import_gives_reasons_as_they_are(tmp_path, capsys):
    rows = f"text,is_incident\n{TEXT},yes\n{TEXT},no\n{TEXT} again,maybe\n"
    (tmp_path / "a.csv").write_text(rows)
    assert main(["corpus", "import", "csv", str(tmp_path / "a.csv"), "-o", str(tmp_path / "out.jsonl")]) == 0
    told = capsys.readouterr().out
    assert "Set aside: 1, the text of another." in told
    assert "found 'maybe'; expected true or false, or a word of the mapping." in told
