"""Exchange: labelled reports as the formats of other tools, STIX, MISP, VERIS and the coding of EuRepoC."""
