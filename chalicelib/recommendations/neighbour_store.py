"""The learned neighbours, read in batches. To be written by the learning job; empty until then."""

from collections.abc import Mapping, Sequence

from chalicelib.recommendations.model import NeighbourScores


class DynamoNeighbours:
    """`NeighbourSource` on DynamoDB."""

    def __init__(self, table: str) -> None:
        self.table = table

    def neighbours(self, film_ids: Sequence[str]) -> Mapping[str, NeighbourScores]:  # noqa: ARG002
        """Nothing learned yet."""
        return {}
