"""MISP (https://www.misp-project.org): an event an incident, with tags of its taxonomies and the text as a report."""

import json
from pathlib import Path
from typing import Any, ClassVar

from cyberclass.exchange.format import Format, missing
from cyberclass.exchange.incident import Incident, first_day, uuid_of
from cyberclass.exchange.likelihood import estimative_word
from cyberclass.exchange.vocabulary import OF_MOTIVATION
from cyberclass.exchange.writer import OBJECT, ObjectsWriter
from cyberclass.labelling.values import json_text
from cyberclass.labelling.writer import ReportWriter

#: "This organisation only", and for parts of an event "as the event": who shares more decides so.
_OWN_ORGANISATION, _AS_EVENT = 0, 5
_LEVEL_UNDEFINED = 4
_ANALYSIS_INITIAL = 0

#: The text is somebody's, its labels are a program's, and nobody has looked at them.
_MADE_BY = (
    'ai-computer-assisted:assistance-level="ai-assisted-substantial"',
    'ai-computer-assisted:review-level="unreviewed"',
)


class MispEvents(Format):
    """Events as MISP exports, and imports, several."""

    title: ClassVar[str] = "MISP events"

    def __init__(self) -> None:
        super().__init__()
        try:
            from pymisp import MISPEvent
        except ImportError as error:
            raise missing("pymisp") from error
        self._make = MISPEvent
        self._known: set[str] = set()

    def open(self, path: str | Path) -> ReportWriter:
        """Make the writer of the events."""
        return ObjectsWriter(path, '{"response": [', lambda: "]}")

    def rows(self, incident: Incident) -> list[dict[str, Any]]:
        """Give the event, unless it is written already."""
        identity = str(uuid_of("event", incident.content()))
        if identity in self._known:
            return []
        self._known.add(identity)
        event = self._make()
        event.uuid = identity
        event.info = incident.headline
        event.distribution, event.analysis, event.threat_level_id = (
            _OWN_ORGANISATION,
            _ANALYSIS_INITIAL,
            _LEVEL_UNDEFINED,
        )
        if day := incident.published or incident.date:
            event.set_date(first_day(day))
        for tag in self._tags(incident):
            event.add_tag(tag)
        for number, attribute in enumerate(_attributes(incident)):
            event.add_attribute(**attribute, to_ids=False, uuid=str(uuid_of("attribute", [identity, number])))
        if incident.text:
            name, own = incident.headline, str(uuid_of("event-report", identity))
            event.add_event_report(name, incident.text, uuid=own, distribution=_AS_EVENT)
        # Through plain values, as pymisp writes JSON by whichever library there is.
        return [{OBJECT: json_text({"Event": json.loads(event.to_json())})}]

    def _tags(self, incident: Incident) -> list[str]:
        tags = [f"tlp:{incident.tlp}"] if incident.tlp else []
        if incident.motivation is not None:
            tags.append(_tag("cyberclass:motivation", incident.motivation))
            words = OF_MOTIVATION.get(incident.motivation)
            self.without_motivation += words is None
            if words:
                tags.append(_tag("veris:actor:external:variety", words.variety))
                tags.append(_tag("veris:actor:external:motive", words.motive))
        if incident.p_motivation is not None:
            tags.append(_tag("estimative-language:likelihood-probability", estimative_word(incident.p_motivation)))
        tags += [_tag("cyberclass:impact", domain) for domain in incident.impact]
        return [*tags, *_MADE_BY]


def _tag(predicate: str, value: str) -> str:
    return f'{predicate}="{value.replace(chr(34), chr(39))}"'


def _attributes(incident: Incident) -> list[dict[str, Any]]:
    said = incident.attribution
    found: list[dict[str, Any]] = [
        {
            "type": "threat-actor",
            "category": "Attribution",
            "value": name,
            "comment": f"{said.stance}, by {said.speaker}" if name in incident.culprits else "named",
        }
        for name in incident.all_actors
    ]
    if incident.url:
        found.append({"type": "link", "category": "External analysis", "value": incident.url})
    if said.sentence:
        found.append(
            {"type": "text", "category": "Attribution", "value": said.sentence, "comment": "what the text says of it"}
        )
    return found
