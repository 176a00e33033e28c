"""Labelling: batches of reports through a model, into files."""
