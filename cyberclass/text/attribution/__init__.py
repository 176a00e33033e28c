"""Attribution statements: who a report says was behind an attack, who says so, and how firmly."""

from cyberclass.text.attribution.attributions import Attribution, main_attribution
from cyberclass.text.attribution.finder import find_attributions
from cyberclass.text.attribution.motivation import motivation_source

__all__ = ["Attribution", "find_attributions", "main_attribution", "motivation_source"]
