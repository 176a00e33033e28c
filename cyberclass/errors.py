"""What this package raises on bad input: one sentence with where, what was found, what was expected, what to do."""


class CyberclassError(Exception):
    """Any error a user can mend; the command line prints its sentence and exits."""


class CorpusError(CyberclassError):
    """Labelled documents that do not follow the codebook."""


class ReportError(CyberclassError):
    """A file of reports that cannot be read, or an output that cannot be written."""


class ModelError(CyberclassError):
    """A model folder that is missing, damaged, foreign or of another schema."""
