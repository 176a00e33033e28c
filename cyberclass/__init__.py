"""Labels cyber-incident reports: who is behind an incident, and where it hurts."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cyberclass.errors import CorpusError, CyberclassError, ModelError, ReportError
    from cyberclass.exchange.export import export_labels
    from cyberclass.labelling.label import label_reports
    from cyberclass.model.classifier import IncidentClassifier
    from cyberclass.model.features import IncidentVectorizer
    from cyberclass.model.store import load_model, save_model

__version__ = "0.1.0"

#: Public names and where they live; brought in when first asked for, so that `cyberclass --help` waits for nothing.
_PUBLIC = {
    "CorpusError": "cyberclass.errors",
    "CyberclassError": "cyberclass.errors",
    "IncidentClassifier": "cyberclass.model.classifier",
    "IncidentVectorizer": "cyberclass.model.features",
    "ModelError": "cyberclass.errors",
    "ReportError": "cyberclass.errors",
    "export_labels": "cyberclass.exchange.export",
    "label_reports": "cyberclass.labelling.label",
    "load_model": "cyberclass.model.store",
    "save_model": "cyberclass.model.store",
}

__all__ = [
    "CorpusError",
    "CyberclassError",
    "IncidentClassifier",
    "IncidentVectorizer",
    "ModelError",
    "ReportError",
    "__version__",
    "export_labels",
    "label_reports",
    "load_model",
    "save_model",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return __all__
