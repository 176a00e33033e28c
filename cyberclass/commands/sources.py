"""The command that reads databases of the field: corpus import."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

# Nothing heavy up here: `cyberclass --help` must answer at once.
from cyberclass.commands.options import add_command, add_file, add_taxonomy, check_ending, print_tables

if TYPE_CHECKING:
    import pandas as pd

    from cyberclass.corpora.sources.mappings import TableMapping
    from cyberclass.taxonomy import Taxonomy

#: Of a table of a database's words: rows, and letters of one.
_MOST_ROWS, _MOST_LETTERS = 12, 60


def add(corpus: "argparse._SubParsersAction") -> None:
    """Add the command."""
    examples = [
        "cyberclass corpus import eurepoc EuRepoC_Global_Database_1.1.csv -o eurepoc.jsonl",
        "cyberclass corpus import csv ours.xlsx --text Summary --motivation Actor --map labels.toml -o ours.jsonl",
        "cyberclass corpus import csv ours.csv --motivation Actor --map APT=state-sponsored -o ours.jsonl",
    ]
    summary = "read a database of the field, or a table of one's own, as labelled documents"
    command = add_command(corpus, "import", summary, examples, import_)
    command.description = (
        f"{summary[0].upper()}{summary[1:]}. The database's own words are kept beside the labels. Rows that are no "
        "document go to FILE.rejects.csv, with the reason."
    )
    command.add_argument(
        "source",
        metavar="SOURCE",
        help="eurepoc, cissm, vcdb, hackmageddon, cfr, dcid, stix, misp, or csv for any other table (.csv .tsv .jsonl "
        ".json .parquet .xlsx)",
    )
    command.add_argument("path", type=Path, metavar="PATH", help="the file, or folder")
    add_file(command)
    own = command.add_argument_group("of csv")
    for option in ("id", "incident", "date", "title", "text", "is-incident", "motivation", "impact", "actor", "source"):
        own.add_argument(
            f"--{option}",
            dest=f"column_{option.replace('-', '_')}",
            metavar="COLUMN",
            help=f"column of the {option.replace('-', ' ')} (default: the one of that name)",
        )
    own.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="MAP",
        help="what the table's words mean: a TOML file with tables [motivation] and [impact], or WORD=LABEL; may be "
        "given again",
    )
    add_taxonomy(command)


def import_(arguments: argparse.Namespace) -> int:
    """Read a database, or a table of one's own, as labelled documents."""
    from cyberclass.corpora.about import find_taxonomy
    from cyberclass.corpora.sources.csv import table_source
    from cyberclass.corpora.sources.importing import import_source
    from cyberclass.corpora.sources.source import find_source
    from cyberclass.labelling.corpus_table import list_beside, write_imported
    from cyberclass.labelling.writers import check_apart, open_writer

    check_ending(arguments, open_writer, arguments.output)
    check_apart([arguments.path], arguments.output, list_beside(arguments.output, "rejects"))
    taxonomy = find_taxonomy([arguments.path], arguments.taxonomy)
    mapping = _mapping(arguments, taxonomy)
    source = find_source(arguments.source)
    if arguments.source == "csv":
        source = table_source(mapping.columns, mapping.values, taxonomy, impact_coded=mapping.impact_coded)
    elif arguments.map or mapping.columns:
        arguments.misused(f"columns and --map go with csv: {source.name} has a mapping of its own.")
    imported = import_source(source, arguments.path, taxonomy)
    rejects = write_imported(imported, arguments.output)
    print_tables({name: _most(getattr(imported, name)) for name in ("motivations", "impacts")})
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
    return alike.str.replace(r"^the (id|text) of .*", r"the \1 of another", regex=True).value_counts()


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 3]}..."
