"""Model: features, classifier, decision, and the folder it is kept in."""
