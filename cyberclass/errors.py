"""What this package raises on bad input: one sentence with where, what was found, what was expected, what to do."""


class CyberclassError(Exception):
    """Any error a user can mend; the command line prints its sentence and exits."""


class CorpusError(CyberclassError):
    """Labelled documents that do not follow the codebook."""


class ReportError(CyberclassError):
    """A file of reports that cannot be read, or an output that cannot be written."""


class ModelError(CyberclassError):
    """A model folder that is missing, damaged, foreign or of another schema."""


def said_by(error: BaseException) -> str:
    """Give in one line, of 200 characters at most, what an error of another library says; else its name."""
    return " ".join(str(error).split())[:200] or type(error).__name__
