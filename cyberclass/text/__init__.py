"""Text: spaCy tokens, known names of actors, files of reports."""
