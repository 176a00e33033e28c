"""EuRepoC, the European Repository of Cyber Incidents (https://eurepoc.eu), versions 1.1 and 1.3.

Motivations are read from the category of the initiator, impact domains from that of the receiver. The latter is a
proxy: it says who was attacked, not where it hurt.
"""

_STATE = {"State", "Non-state actor, state-affiliation suggested"}
_UNKNOWN = {"Unknown", "Unknown - not attributed"}
_OF_GROUP = {
    "Criminal(s)": "criminal",
    "Hacktivist(s)": "ideological",
    "Religious actors": "ideological",
    "Ethnic actors": "ideological",
    "Terrorist(s)": "ideological",
}

#: Domains that receivers tell of; the others are not coded.
_CODED = ("national-security", "critical-infrastructure", "economy", "democracy")
