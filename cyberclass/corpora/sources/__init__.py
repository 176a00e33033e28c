"""Databases of the field -> documents of the codebook's schema, one module a database."""
