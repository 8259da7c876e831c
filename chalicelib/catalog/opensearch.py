"""To be written."""


class OpenSearchCatalog:
    """To be written."""

    def __init__(self, url: str) -> None: ...
