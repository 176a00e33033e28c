"""What became of reports: counted batch by batch, summed over parts, told at the end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self, TypeVar

from cyberclass.labelling.saved_model import Labelled
from cyberclass.model.gate import is_unread
from cyberclass.taxonomy import UNDETERMINED

if TYPE_CHECKING:
    from cyberclass.model.drift import Drift
    from cyberclass.model.profile import Profile

T = TypeVar("T")

#: What time goes into: bytes to texts, texts to labels (features and model), rows to bytes.
STEPS = ("reading", "labelling", "writing")


@dataclass(frozen=True)
class LabelSummary:
    """What became of the reports: `rows` is the sum of `labelled`, `undetermined`, `not_incidents` and `rejected`."""

    #: Reports read.
    rows: int
    #: Incidents with a motivation.
    labelled: int
    #: Incidents whose text gives no sound basis for a motivation.
    undetermined: int
    #: Reports that are not about an incident.
    not_incidents: int
    #: Reports without a text, or that could not be read.
    rejected: int
    #: From start to end, by the clock.
    seconds: float
    #: Labelled reports by motivation.
    motivations: dict[str, int]
    #: Incidents by impact domain; one may have several.
    impacts: dict[str, int]
    #: The file written, or the folder of parts; None for standard output.
    output: Path | None
    #: The file of rows set aside, or the folder of such files; None if there are none, or for standard output.
    rejects: Path | None
    #: Share of the time by the clock that went into each of `STEPS`, summed over processes; empty if none was taken.
    shares: dict[str, float] = field(default_factory=dict)
    #: Parts written, by this run and earlier ones; 0 for a file that was written at one go.
    parts: int = 0
    #: Rows that earlier runs had labelled.
    earlier: int = 0
    #: The reports beside the model's training documents; None if nothing compared them.
    drift: "Drift | None" = None
    #: Reports that the model cannot read (`cyberclass.model.gate`), among the undetermined.
    unread: int = 0

    @property
    def rate(self) -> float:
        """Reports a second, by the clock."""
        return (self.rows - self.earlier) / self.seconds if self.seconds else 0.0


@dataclass
class Tally:
    """Counts that become a `LabelSummary`; those of parts are summed by `+=`."""

    motivations: Counter[str] = field(default_factory=Counter)
    impacts: Counter[str] = field(default_factory=Counter)
    undetermined: int = 0
    not_incidents: int = 0
    rejected: int = 0
    unread: int = 0
    profile: "Profile | None" = None
    #: By the clock of each process, by step: the wait for a processor that others use counts.
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STEPS, 0.0))

    @property
    def rows(self) -> int:
        """Reports counted."""
        return sum(self.motivations.values()) + self.undetermined + self.not_incidents + self.rejected

    def add(self, labelled: Labelled) -> None:
        """Count a batch that was labelled."""
        labels = labelled.labels
        self.unread += int(is_unread(labels).sum())
        incidents = labels[labels["is_incident"].astype(bool)]
        motivations = Counter(incidents["motivation"])
        self.not_incidents += len(labels) - len(incidents)
        self.undetermined += motivations.pop(UNDETERMINED, 0)
        self.motivations += motivations
        self.impacts.update(domain for domains in incidents["impact"] for domain in domains.split(";") if domain)
        self.seconds["labelling"] += labelled.seconds
        self._join(labelled.profile)

    def __iadd__(self, other: "Tally") -> "Tally":
        self.motivations += other.motivations
        self.impacts += other.impacts
        for step in STEPS:
            self.seconds[step] += other.seconds[step]
        self.undetermined += other.undetermined
        self.not_incidents += other.not_incidents
        self.rejected += other.rejected
        self.unread += other.unread
        self._join(other.profile)
        return self

    def to_record(self) -> dict[str, Any]:
        """Write the counts as a journal holds them, ready for JSON."""
        return {
            "motivations": dict(self.motivations),
            "impacts": dict(self.impacts),
            "undetermined": self.undetermined,
            "not_incidents": self.not_incidents,
            "rejected": self.rejected,
            "unread": self.unread,
            "profile": None if self.profile is None else self.profile.to_card(),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read what `to_record` wrote; time is that of another run, and not kept."""
        from cyberclass.model.profile import Profile

        return cls(
            Counter(record["motivations"]),
            Counter(record["impacts"]),
            record["undetermined"],
            record["not_incidents"],
            record["rejected"],
            record["unread"],
            Profile.from_card(record["profile"]) if record["profile"] else None,
        )

    def _join(self, profile: "Profile | None") -> None:
        if profile is not None:
            self.profile = profile if self.profile is None else self.profile + profile

    @property
    def shares(self) -> dict[str, float]:
        """Share of the time that went into each of `STEPS`."""
        total = sum(self.seconds.values())
        return {step: spent / total for step, spent in self.seconds.items()} if total else {}


class Clock:
    """Sums up seconds under the name of a step; for use in a ``with``, on `Tally.seconds`."""

    def __init__(self, seconds: dict[str, float], step: str) -> None:
        self._seconds = seconds
        self._step = step

    def __enter__(self) -> None:
        """Start."""
        self._start = perf_counter()

    def __exit__(self, *error: object) -> None:
        """Stop."""
        self._seconds[self._step] += perf_counter() - self._start


def timed(items: Iterable[T], seconds: dict[str, float]) -> Iterator[T]:
    """Hand on items; the time that each takes to come is that of reading."""
    iterator = iter(items)
    while True:
        with Clock(seconds, "reading"):
            item = next(iterator, None)
        if item is None:
            return
        yield item
