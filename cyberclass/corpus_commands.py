"""The commands of `cyberclass corpus`: arguments in, library call, a few lines out."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.errors import ReportError

#: Of a table of a database's words: rows, and letters of one.
_MOST_ROWS, _MOST_LETTERS = 12, 60

if TYPE_CHECKING:
    import pandas as pd

    from cyberclass.corpora.sources.mappings import TableMapping
    from cyberclass.taxonomy import Taxonomy


def import_(arguments: argparse.Namespace) -> int:
    """Read a database, or a table of one's own, as labelled documents."""
    from cyberclass.corpora.about import find_taxonomy
    from cyberclass.corpora.sources.csv import table_source
    from cyberclass.corpora.sources.importing import import_source
    from cyberclass.corpora.sources.source import find_source
    from cyberclass.labelling.corpus_table import write_imported
    from cyberclass.labelling.writers import open_writer

    _check(arguments, open_writer, arguments.output)
    taxonomy = find_taxonomy([arguments.path], arguments.taxonomy)
    mapping = _mapping(arguments, taxonomy)
    source = find_source(arguments.source)
    if arguments.source == "csv":
        source = table_source(mapping.columns, mapping.values, taxonomy, impact_coded=mapping.impact_coded)
    elif arguments.map or mapping.columns:
        arguments.misused(f"columns and --map go with csv: {source.name} has a mapping of its own.")
    imported = import_source(source, arguments.path, taxonomy)
    rejects = write_imported(imported, arguments.output)
    _print_tables({name: _most(getattr(imported, name)) for name in ("motivations", "impacts")})
    documents = imported.documents
    without = int((documents["is_incident"] & documents["motivation"].isna() & documents["impact"].isna()).sum())
    print(
        f"{len(documents):,} documents of {len(documents) + len(imported.rejects):,} records, labelled by the mapping "
        f"{source.mapping}; {without:,} without any label."
    )
    for reason, count in _kinds(imported.rejects["reason"]).head(_MOST_ROWS).items():
        print(f"Set aside: {count:,}, {reason}.")
    print(f"Written: {arguments.output}{f'; what was set aside is in {rejects}' if rejects else ''}.")
    print(f"Licence: {source.licence}")
    return 0


def _most(account: "pd.DataFrame") -> "pd.DataFrame":
    """Shorten an account of what became of a database's words."""
    import pandas as pd

    rows = [(_short(raw) or "(nothing)", label, count) for raw, label, count in account.itertuples(index=False)]
    if rest := rows[_MOST_ROWS:]:
        rows = [*rows[:_MOST_ROWS], (f"({len(rest)} others)", "", sum(count for _, _, count in rest))]
    table = pd.DataFrame(rows, columns=["the database says", "label", "documents"])
    return table.set_index("the database says")


def _kinds(reasons: "pd.Series") -> "pd.Series":
    """Count reasons that differ in numbers and places alone as one."""
    alike = reasons.str.replace(r"\d+ words", "few words", regex=True)
    return alike.str.replace(r" of .*", " of another", regex=True).value_counts()


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 3]}..."


def _mapping(arguments: argparse.Namespace, taxonomy: "Taxonomy") -> "TableMapping":
    from cyberclass.corpora.sources.mappings import TableMapping, mapping_of_pair, read_mapping

    given = TableMapping()
    for each in arguments.map:
        given |= read_mapping(each, taxonomy) if each.endswith(".toml") else mapping_of_pair(each, taxonomy)
    named = {
        name.removeprefix("column_"): value
        for name, value in vars(arguments).items()
        if name.startswith("column_") and value is not None
    }
    return given | TableMapping(named)


def audit(arguments: argparse.Namespace) -> int:
    """List the labels that are most likely wrong."""
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.evaluation.audit import audit_labels
    from cyberclass.labelling.writers import open_writer
    from cyberclass.model.classifier import IncidentClassifier

    _check(arguments, open_writer, arguments.output)
    taxonomy = _taxonomy(arguments)
    frame = read_labelled(arguments.paths, taxonomy)
    audit = audit_labels(frame, arguments.n, estimator=IncidentClassifier(n_jobs=-1, taxonomy=taxonomy))
    with open_writer(arguments.output) as writer:
        writer.write(audit.doubts)
    fields = audit.fields
    _print_tables({"doubts": fields})
    print(f"{fields['doubted'].sum():,} of {fields['labels'].sum():,} labels are doubted.")
    print(f"Written: the {len(audit.doubts):,} most doubtful to {arguments.output}.")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """List every fault."""
    from cyberclass.corpora.labelled import check_labelled, read_labelled
    from cyberclass.corpora.tables import RowFault

    taxonomy = _taxonomy(arguments)
    faults = check_labelled(arguments.paths, taxonomy)
    for fault in faults:
        if isinstance(fault, RowFault):
            print(fault)
        else:
            field = f"{fault.field}: " if fault.field else ""
            print(f"{fault.file}:{fault.line}: {field}found {fault.found}, expected {fault.expected}")
    if faults:
        return 1
    frame = read_labelled(arguments.paths, taxonomy)
    print(f"{len(frame):,} documents on {frame['incident'].nunique():,} incidents: no fault")
    return 0


def stats(arguments: argparse.Namespace) -> int:
    """Print tables of counts, and draw them."""
    from cyberclass.corpora.crosstables import cross_tables
    from cyberclass.corpora.labelled import read_labelled
    from cyberclass.corpora.statistics import corpus_stats

    if arguments.plot:
        from cyberclass.evaluation.pictures import check_ending

        _check(arguments, check_ending, arguments.plot)
    taxonomy = _taxonomy(arguments)
    frame = read_labelled(arguments.paths, taxonomy)
    _print_tables({**corpus_stats(frame, taxonomy), **cross_tables(frame, taxonomy)})
    if arguments.plot:
        from cyberclass.evaluation.corpus_picture import draw_corpus

        draw_corpus(frame, arguments.plot, taxonomy)
        print(f"Written: {arguments.plot}.", file=sys.stderr)
    return 0


def merge(arguments: argparse.Namespace) -> int:
    """Make one corpus of several."""
    from cyberclass.corpora.labelled import labelled_files, read_checked
    from cyberclass.corpora.merging import merge_corpora
    from cyberclass.labelling.corpus_table import write_merged
    from cyberclass.labelling.writers import open_writer

    _check(arguments, open_writer, arguments.output)
    # Ids and texts that come again are what merging is for; in one file, an id of two documents is a fault.
    taxonomy = _taxonomy(arguments)
    frames = [read_checked([file], taxonomy, unique=("id",)) for file in labelled_files(arguments.paths)]
    merged = merge_corpora(frames, taxonomy)
    listed = write_merged(merged, arguments.output)
    kept = int(merged.conflicts["kept"].sum())
    lines = [(source, rows, "documents") for source, rows in merged.rows.items()]
    lines += [
        ("joined", merged.joined, "incidents became part of another: near-duplicates share one"),
        ("removed", merged.removed, "copies, whose labels went to the document that is kept"),
        ("left out", merged.left_out, "documents of the same words as another, whose labels contradict each other"),
        (
            "conflicts",
            len(merged.conflicts),
            f"listed in {listed}; {kept} of near-duplicates, all kept" if listed else "",
        ),
        ("written", len(merged.documents), f"documents to {arguments.output}"),
    ]
    width = max(len(name) for name, _, _ in lines)
    digits = max(len(f"{count:,}") for _, count, _ in lines)
    for name, count, what in lines:
        print(f"{name:<{width}}  {count:>{digits},}  {what}".rstrip())
    return 0


def split(arguments: argparse.Namespace) -> int:
    """Part a corpus."""
    from cyberclass.corpora.documents import write_corpora
    from cyberclass.corpora.labelled import read_checked
    from cyberclass.corpora.parts import count_parts, part_corpus

    if arguments.date is not None:
        if arguments.by != "time":
            arguments.misused(f"--date goes with --by time, not with --by {arguments.by}.")
        if arguments.share is not None:
            arguments.misused("--date says what to test with, and so does --share; expected one of them.")
    parts = part_corpus(
        read_checked(arguments.paths, _taxonomy(arguments)),
        0.2 if arguments.share is None else arguments.share,
        arguments.by,
        arguments.date,
        arguments.seed,
    )
    folder = arguments.output
    write_corpora({folder / "train.jsonl": parts.train, folder / "test.jsonl": parts.test})
    _print_tables({f"test from {parts.date}" if parts.date else "parts": count_parts(parts)})
    if len(parts.left_out):
        print("Left out: what has no date, or one that may lie on either side.")
    print(f"Written: {folder / 'train.jsonl'} and test.jsonl.")
    return 0


def sample(arguments: argparse.Namespace) -> int:
    """Draw documents."""
    from cyberclass.corpora.labelled import read_checked
    from cyberclass.corpora.sampling import sample_corpus, strata_of
    from cyberclass.labelling.corpus_table import write_labelled
    from cyberclass.labelling.writers import open_writer

    _check(arguments, open_writer, arguments.output)
    frame = sample_corpus(
        read_checked(arguments.paths, _taxonomy(arguments)), arguments.n, arguments.by, arguments.seed
    )
    write_labelled(frame, arguments.output)
    if arguments.by:
        counts = strata_of(frame, arguments.by).value_counts().sort_index()
        print(", ".join(f"{count} {name}" for name, count in counts.items()))
    print(f"Written: {len(frame):,} documents to {arguments.output}.")
    return 0


def convert(arguments: argparse.Namespace) -> int:
    """Write documents as another kind of file."""
    from cyberclass.corpora.labelled import read_checked
    from cyberclass.labelling.corpus_table import write_labelled
    from cyberclass.labelling.writers import open_writer

    _check(arguments, open_writer, arguments.output)
    frame = read_checked(arguments.paths, _taxonomy(arguments))
    write_labelled(frame, arguments.output)
    print(f"Written: {len(frame):,} documents to {arguments.output}.")
    return 0


def _taxonomy(arguments: argparse.Namespace) -> "Taxonomy":
    from cyberclass.corpora.about import find_taxonomy

    return find_taxonomy(arguments.paths, arguments.taxonomy)


def _check(arguments: argparse.Namespace, opens: Callable[[Path], object], path: Path) -> None:
    """Tell that nothing writes such a file before any work."""
    misused: Callable[[str], NoReturn] = arguments.misused
    try:
        opens(path)
    except ReportError as error:
        misused(str(error))


def _print_tables(tables: "dict[str, pd.DataFrame]") -> None:
    if sys.stdout.isatty():
        from cyberclass.labelling.terminal import print_counts

        print_counts(tables)
    else:
        print("\n\n".join(f"{name}\n\n{table.to_string()}" for name, table in tables.items()))
