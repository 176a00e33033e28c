"""How well actors are found in the documents of corpus/, and how long it takes.

A document's `actor` is whom it is about, as its text names them. It is in the table if a name of the table is found in
it, beside the word "hackers" or without, and the document counts for what that finds.

- Recall, known names: of the documents whose `actor` is in the table, those in whose title and text at least one of the
  same actors is found. All such documents count, also those whose text never names the actor, or only by a pronoun.
- Lower bound of precision, known names: of all pairs of a document and an actor found in it, those whose actor is among
  those of the `actor` field. Texts name others, too (rivals, earlier attackers, tools named like their makers), which
  count as wrong here; how many of the pairs are right needs a reader. ``--sample`` writes pairs to judge.
- Recall, other names: of the documents whose `actor` is not in the table and stands in the text word for word, with a
  capital, a digit or "@" in front, those in which a name is found that holds it or is held by it. Persons, states and
  their services stand there too, whom no pattern is meant to find.

    python benchmarks/actors.py
    python benchmarks/actors.py --sample pairs.csv
"""

import argparse
import csv
import random
import re
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from cyberclass.corpora.documents import read_corpus, texts_of
from cyberclass.text.actors import ActorMention, find_actors_of
from cyberclass.text.names import load_names

CORPUS = Path(__file__).parents[1] / "corpus"

#: Pairs to judge, of known names and of others.
SAMPLE = (200, 100)

#: Characters of an article, as they are timed.
ARTICLE = 2400


def main() -> None:
    """Print the figures, and write a sample if one is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=Path, help="write pairs to judge to this CSV file")
    arguments = parser.parse_args()
    frame = read_corpus(CORPUS)
    texts, fields = texts_of(frame), [field or "" for field in frame["actor"]]
    found = find_actors_of(texts)
    known, others = [[first_of_each(each, wanted) for each in found] for wanted in (True, False)]
    print(f"{len(frame)} documents of {CORPUS.name}/, {date.today()}")
    print_known(fields, known)
    print_others(fields, texts, others)
    print_time(texts)
    if arguments.sample:
        write_sample(arguments.sample, frame, texts, known, others)


def first_of_each(mentions: Iterable[ActorMention], known: bool) -> list[ActorMention]:
    """The first mention of each actor, of known ones or of others."""
    return list({each.name: each for each in reversed(list(mentions)) if each.known is known}.values())[::-1]


def of_table(field: str) -> set[str]:
    """Actors of the table that an `actor` field names."""
    return {match.name for words in (field, f"{field} hackers") for match in load_names().find(words)}


def print_known(fields: list[str], known: list[list[ActorMention]]) -> None:
    """Print recall, and the lower bound of precision, of known names."""
    truth = [of_table(field) for field in fields]
    hits = [bool(names & {each.name for each in mine}) for names, mine in zip(truth, known, strict=True) if names]
    pairs = [each.name in names for names, mine in zip(truth, known, strict=True) for each in mine]
    print(f"known names: recall {sum(hits) / len(hits):.3f} of {len(hits)} documents whose actor is in the table")
    print(f"known names: precision at least {sum(pairs) / len(pairs):.3f} of {len(pairs)} pairs")


def print_others(fields: list[str], texts: list[str], others: list[list[ActorMention]]) -> None:
    """Print recall of names that are not in the table."""
    hits = []
    for field, text, mine in zip(fields, texts, others, strict=True):
        name = (
            "" if of_table(field) else next(filter(None, (word_for_word(part, text) for part in parts_of(field))), "")
        )
        if name:
            hits.append(any(each.name in name or name in each.name for each in mine))
    pairs = sum(map(len, others))
    print(f"other names: recall {sum(hits) / len(hits):.3f} of {len(hits)} documents; {pairs} pairs found")


def parts_of(field: str) -> list[str]:
    """The names in an `actor` field."""
    return [part.strip(" \"'\u201c\u201d\u2018\u2019") for part in re.split(r"[;/(),]| and ", field)]


def word_for_word(name: str, text: str) -> str:
    """The name if it looks like one and stands in the text, or an empty string."""
    is_name = len(name) > 1 and (name[0].isupper() or name[0].isdigit() or name[0] == "@")
    return name if is_name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) else ""


def print_time(texts: list[str]) -> None:
    """Print how long other names take in an article, known ones being found already."""
    words = "\n\n".join(texts)
    articles = [words[start : start + ARTICLE] for start in range(0, len(words) - ARTICLE, ARTICLE)]
    known = [load_names().find(article) for article in articles]
    start = time.process_time()
    find_actors_of(articles, known)
    seconds = time.process_time() - start
    print(f"other names: {1000 * seconds / len(articles):.2f} ms of CPU for {ARTICLE} characters")


def write_sample(path: Path, frame: pd.DataFrame, texts: list[str], *found: list[list[ActorMention]]) -> None:
    """Write pairs drawn at random, with what stands around the name, to be judged."""
    shuffle = random.Random(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["document", "name", "kind", "known", "actor", "around", "right"])
        for size, mentions in zip(SAMPLE, found, strict=True):
            pairs = [(place, each) for place, mine in enumerate(mentions) for each in mine]
            for place, each in sorted(shuffle.sample(pairs, min(size, len(pairs)))):
                around = " ".join(texts[place][max(0, each.start - 80) : each.end + 60].split())
                row = [frame["id"][place], each.name, each.kind, each.known, frame["actor"][place], around, ""]
                writer.writerow(row)


if __name__ == "__main__":
    main()
