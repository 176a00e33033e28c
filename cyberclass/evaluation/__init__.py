"""Evaluation: measures of a model against labelled documents."""
