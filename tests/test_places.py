"""Reports and labels in stores: fsspec's memory and file systems, and a web server on this machine."""

import functools
import http.server
import sys
import threading
from pathlib import Path

import pandas as pd
import pytest

from cyberclass.cli import main
from cyberclass.errors import ReportError
from cyberclass.labelling import label, slices
from cyberclass.labelling.label import label_reports
from cyberclass.labelling.saved_model import SavedModel
from cyberclass.labelling.writers import open_writer
from cyberclass.text.places import place_of, put_whole, version_of
from cyberclass.text.readers import read_reports

fsspec = pytest.importorskip("fsspec")
pytest.importorskip("upath")

ENDINGS = [".csv", ".jsonl", ".parquet", ".csv.gz", ".csv.zst"]


@pytest.fixture
def store():
    """An empty store in memory."""
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
    yield memory
    memory.store.clear()


@pytest.fixture
def saved(small_model_folder):
    return SavedModel(small_model_folder)


@pytest.fixture
def small_parts(monkeypatch):
    for module, name, value in (
        (slices, "LARGE_BYTES", 1000),
        (label, "LARGE_BYTES", 1000),
        (slices, "PART_BATCHES", 2),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def web(tmp_path):
    """Serve a folder; gives the folder and its address."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def put(place, n=9, start=0):
    frame = pd.DataFrame(
        {"id": range(start, start + n), "text": [f"Gang {k} wants a ransom." for k in range(start, start + n)]}
    )
    with open_writer(place) as writer:
        writer.write(frame)
    return place


def ids_of(source):
    return [int(number) for batch in read_reports(source) for number in batch.frame["id"]]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.csv", Path("a.csv")),
        ("file:///tmp/a.csv", Path("/tmp/a.csv")),
        ("local:///tmp/a.csv", Path("/tmp/a.csv")),
        ("C://a.csv", Path("C://a.csv")),
        ("", Path()),
    ],
)
def test_what_is_on_this_machine_is_a_plain_path(source, expected):
    assert place_of(source) == expected


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_to_a_store_is_read_from_it(store, ending):
    put(f"memory://bucket/news/a{ending}")
    assert ids_of(f"memory://bucket/news/a{ending}") == list(range(9))
    assert store.find("/") == [f"/bucket/news/a{ending}"]


def test_a_folder_and_a_pattern_of_a_store_are_read_in_order(store):
    for name, start in (("b", 9), ("a", 0), ("sub/c", 18), ("_rejects/d", 0), (".journal/e", 0)):
        put(f"memory://bucket/news/{name}.csv", start=start)
    assert ids_of("memory://bucket/news") == ids_of("memory://bucket/news/") == list(range(27))
    assert ids_of("memory://bucket/news/*.csv") == list(range(18))
    assert ids_of(["memory://bucket/news/a.csv", "memory://bucket/news/sub/c.csv"]) == [*range(9), *range(18, 27)]


def test_pages_of_a_store_are_read(store):
    store.pipe("/bucket/news/a.txt", b"The gang stole files.")
    store.pipe("/bucket/news/b.html", b"<html><title>News</title><p>Ransom was paid.</p></html>")
    (batch,) = read_reports("memory://bucket/news")
    assert batch.frame["file"].tolist() == ["a.txt", "b.html"]


@pytest.mark.parametrize(
    "output", ["memory://bucket/labels/", "memory://bucket/labels.csv.gz", "memory://bucket/labels.parquet"]
)
def test_a_run_from_store_to_store_goes_on_where_it_stopped(store, saved, small_parts, output):
    put("memory://bucket/news/a.csv", 90)
    parts = []

    def stop(event, facts):
        parts.append(facts)
        if len(parts) == 3:  # the start, and two parts
            raise InterruptedError

    with pytest.raises(InterruptedError):
        label_reports("memory://bucket/news", output, saved, batch_size=10, jobs=1, log=stop)
    summary = label_reports("memory://bucket/news", output, saved, batch_size=10, jobs=1)
    assert (summary.rows, summary.earlier, summary.parts) == (90, 40, 5)
    assert ids_of(output) == list(range(90))
    assert not [name for name in store.find("/") if name.endswith(".part") or ".parts/" in name]
    put("memory://bucket/news/a.csv", 90, start=1)
    if output.endswith("/"):
        with pytest.raises(
            ReportError, match=r"memory://bucket/news/a.csv: has changed since a.00000.csv was made of it"
        ):
            label_reports("memory://bucket/news", output, saved, batch_size=10, jobs=1)


def test_rejects_stand_beside_the_output(store, saved):
    store.pipe("/bucket/a.csv", b"id,text\n1,A gang wants a ransom.\n2,\n")
    assert main(["label", "memory://bucket/a.csv", "-o", "memory://bucket/b.csv", "--model", str(saved.folder)]) == 0
    assert store.cat("/bucket/b.csv.rejects.csv") == b"row,reason\n2,no text\n"


def test_what_fails_leaves_the_old_file(store, monkeypatch, tmp_path):
    put("memory://bucket/a.csv")
    before = store.cat("/bucket/a.csv")

    def put_file(local, path, **_):
        store.pipe(path, b"half")
        raise RuntimeError("connection lost")

    monkeypatch.setattr(store, "put_file", put_file)
    with pytest.raises(ReportError, match=r"memory://bucket/a.csv: cannot be reached \(connection lost\)"):
        put("memory://bucket/a.csv", 3)
    assert (store.find("/"), store.cat("/bucket/a.csv")) == (["/bucket/a.csv"], before)


def test_an_object_store_is_put_to_at_once(store, tmp_path):
    class Objects:
        name, protocol, path, fs = "a.csv", "s3", "/bucket/a.csv", store

    (tmp_path / "a").write_bytes(b"x")
    put_whole(tmp_path / "a", Objects())
    assert store.cat("/bucket/a.csv") == b"x"


def test_a_version_tells_a_file_from_a_later_one(store, tmp_path):
    (tmp_path / "a").write_text("x")
    for place in (place_of(put("memory://bucket/a.csv")), tmp_path / "a"):
        assert version_of(place)


def test_the_local_scheme_is_a_file(tmp_path, saved):
    put(tmp_path / "a.csv")
    summary = label_reports(f"file://{tmp_path}/a.csv", f"file://{tmp_path}/b.csv", saved)
    assert (summary.rows, summary.output) == (9, tmp_path / "b.csv")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_web_is_read(web, tmp_path, saved, ending):
    folder, address = web
    put(folder / f"a{ending}")
    summary = label_reports(f"{address}/a{ending}", tmp_path / "out.csv", saved)
    assert summary.rows == 9
    assert ids_of(tmp_path / "out.csv") == list(range(9))


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_what_is_of_the_web_is_cut_into_parts_too(web, tmp_path, saved, small_parts, ending, monkeypatch):
    folder, address = web
    put(folder / f"a{ending}", 90)
    for module in (slices, label):
        monkeypatch.setattr(module, "LARGE_BYTES", 100)
    assert label_reports(f"{address}/a{ending}", f"{tmp_path}/out/", saved, batch_size=10, jobs=1).parts == 5
    assert label_reports(f"{address}/a{ending}", f"{tmp_path}/out/", saved, batch_size=10, jobs=1).earlier == 90


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("memory://bucket/none.csv", "memory://bucket/none.csv: no such file or folder"),
        ("memory://bucket/*.csv", "memory://bucket/*.csv: no file matches"),
        ("foo://bucket/a.csv", "foo://bucket/a.csv: cannot be reached ("),
        ("s3://bucket/a.csv", "s3://bucket/a.csv: cannot be reached ("),
        ("http://127.0.0.1:9/a.csv", "http://127.0.0.1:9/a.csv: "),
    ],
)
def test_a_source_that_cannot_be_reached_is_one_sentence(store, source, sentence, tmp_path, capsys):
    assert main(["label", source, "-o", str(tmp_path / "out.csv")]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"cyberclass: {sentence}")
    assert err.count("\n") == 1


def test_the_web_is_not_written_to(tmp_path, saved):
    put(tmp_path / "a.csv")
    for output in ("http://127.0.0.1:9/b.csv", "http://127.0.0.1:9/b/"):
        with pytest.raises(ReportError, match="found a web address; expected a file, a folder, or a store"):
            label_reports(tmp_path / "a.csv", output, saved)


def test_without_fsspec_it_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "upath", None)
    with pytest.raises(ReportError, match=r"pip install 'cyberclass\[remote\]'"):
        read_reports("s3://bucket/a.csv")
