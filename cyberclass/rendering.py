"""Pages of HTML: templates in which all that is not markup is escaped."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def page_templates() -> Environment:
    """Give the templates of pages."""
    return Environment(
        loader=PackageLoader("cyberclass"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
