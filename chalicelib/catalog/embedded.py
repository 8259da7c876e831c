"""To be written."""


class EmbeddedCatalog:
    """To be written."""

    def __init__(self, url: str) -> None: ...
