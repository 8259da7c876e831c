"""To be written."""


class DynamoFeedbackStore:
    """To be written."""

    def __init__(self, table: str) -> None: ...
