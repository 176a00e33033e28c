"""Models learned from labelled documents: what goes in, which settings, what comes of it."""
