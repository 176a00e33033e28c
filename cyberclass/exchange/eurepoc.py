"""EuRepoC's coding, in the layout of its version 1.3: a table, which ``cyberclass corpus import eurepoc`` reads back.

Who received an attack is not said by where it hurts, so receivers are those of the user's own columns, or not
available, and our impact domains stand in a column of their own.
"""

from pathlib import Path
from typing import Any, ClassVar

from cyberclass.exchange.format import Format
from cyberclass.exchange.incident import Incident, uuid_of
from cyberclass.labelling.writer import ReportWriter
from cyberclass.labelling.writers import open_writer
from cyberclass.taxonomy import UNDETERMINED

_NOT_AVAILABLE = "Not available"

#: Category and subcategory of the initiator.
_OF_MOTIVATION = {
    "state-sponsored": ("Non-state actor, state-affiliation suggested", _NOT_AVAILABLE),
    "criminal": ("Non-state-group", "Criminal(s)"),
    "ideological": ("Non-state-group", "Hacktivist(s)"),
    UNDETERMINED: ("Unknown - not attributed", _NOT_AVAILABLE),
}


class EurepocTable(Format):
    """A table of incidents."""

    title: ClassVar[str] = "a table in EuRepoC's coding"
    ending: ClassVar[str] = ".csv"

    def __init__(self) -> None:
        super().__init__()
        self._known: set[str] = set()

    def open(self, path: str | Path) -> ReportWriter:
        """Make the writer of the table."""
        return open_writer(path)

    def fault(self, incident: Incident) -> str:
        """Say why an incident cannot be one of EuRepoC's, or nothing."""
        return "" if incident.text else "no text; expected one, as EuRepoC describes each incident"

    def rows(self, incident: Incident) -> list[dict[str, Any]]:
        """Give the row, unless it is written already."""
        category, subcategory = _OF_MOTIVATION.get(incident.motivation or "", ("", ""))
        said = incident.attribution
        content = {
            "name": incident.title or incident.headline,
            "description": incident.text,
            "start_date": _day(incident.date or incident.published),
            "receiver_category": incident.receiver_category or _NOT_AVAILABLE,
            "receiver_subcategory": incident.receiver_subcategory or _NOT_AVAILABLE,
            "initiator_name": ";".join(incident.culprits) or _NOT_AVAILABLE,
            "initiator_category": category,
            "initiator_subcategory": subcategory,
            "sources_url": incident.url,
            "cyberclass_motivation": incident.motivation,
            "cyberclass_p_motivation": incident.p_motivation,
            "cyberclass_impact": ";".join(incident.impact),
            "cyberclass_actors": ";".join(incident.actors),
            "cyberclass_motivation_source": incident.motivation_source,
            "cyberclass_attribution_by": said.by,
            "cyberclass_attribution_stance": said.stance,
            "cyberclass_attribution_actor": said.actor,
            "cyberclass_attribution_sentence": said.sentence,
            "cyberclass_model": incident.model,
            "tlp": incident.tlp,
        }
        identity = incident.id or str(uuid_of("eurepoc", content))
        key = str(uuid_of("eurepoc", [identity, content]))
        if key in self._known:
            return []
        self._known.add(key)
        self.without_motivation += incident.is_foreign
        return [{"incident_id": identity, **content}]


def _day(date: str) -> str:
    """Write a day as version 1.3 does, DD.MM.YYYY; a month or a year as it is."""
    return ".".join(reversed(date.split("-"))) if len(date) == 10 else date
