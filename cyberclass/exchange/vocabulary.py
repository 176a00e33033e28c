"""The codebook's motivations in the words of VERIS."""

from typing import NamedTuple

from cyberclass.taxonomy import UNDETERMINED


class ActorWords(NamedTuple):
    """Of VERIS, ``actor.external.variety`` and ``actor.external.motive``."""

    variety: str
    motive: str


#: The weakest words that say it. A label does not tell a nation's own service from its proxies, espionage from
#: sabotage, a gang from a single thief, nor activists from terrorists.
OF_MOTIVATION = {
    "state-sponsored": ActorWords("State-affiliated", "Unknown"),
    "criminal": ActorWords("Unknown", "Financial"),
    "ideological": ActorWords("Unknown", "Ideology"),
    UNDETERMINED: ActorWords("Unknown", "Unknown"),
}
