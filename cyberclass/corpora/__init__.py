"""Corpora: labelled documents and their splits."""
