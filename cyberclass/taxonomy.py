"""The labels, in the order every table and matrix of this package uses; their meaning stands in docs/codebook.md."""

MOTIVATIONS = ("state-sponsored", "criminal", "ideological")

#: What a report is called whose text gives no sound basis for a motivation.
UNDETERMINED = "undetermined"

IMPACTS = (
    "national-security",
    "critical-infrastructure",
    "economy",
    "democracy",
    "privacy",
    "public-safety",
    "international-relations",
)

GENRES = ("news", "brief", "advisory", "vendor-report", "press-release", "court", "post", "database")

BASES = ("factual", "composite")
