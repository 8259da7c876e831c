"""A month's bill, line by line: what is needed times what it costs."""

from collections.abc import Sequence
from typing import NamedTuple

from infra.operator.cost.month import Choices, Month
from infra.operator.cost.prices import Prices

LINES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Lambda", ("lambda_requests", "lambda_gb_seconds")),
    ("API Gateway", ("api_requests",)),
    ("DynamoDB writes", ("dynamodb_writes",)),
    ("DynamoDB reads", ("dynamodb_reads",)),
    ("DynamoDB storage", ("dynamodb_storage",)),
    ("DynamoDB streams", ("dynamodb_streams",)),
    ("DynamoDB point-in-time recovery", ("dynamodb_pitr",)),
    ("DynamoDB exports", ("dynamodb_export",)),
    ("SQS", ("sqs_requests", "sqs_fifo_requests")),
    ("S3", ("s3_storage", "s3_gets", "s3_puts")),
    ("Athena", ("athena_scanned",)),
    ("CloudWatch logs", ("log_ingestion", "log_storage")),
    ("CloudWatch alarms and metrics", ("alarms", "metrics")),
    ("SES", ("letters",)),
    ("Secrets Manager", ("secrets", "secret_requests")),
    ("Data transfer", ("transfer_out",)),
    ("OpenSearch", ("opensearch_nodes", "opensearch_storage")),
)
"""Lines of the bill, each with the prices that make it up. SSM is not used, and neither are keys of our own in KMS."""


class Line(NamedTuple):
    """What one service costs, in dollars. `needs`: quantity and unit of each of its prices."""

    name: str
    dollars: float
    needs: tuple[tuple[float, str], ...]


class Bill(NamedTuple):
    """A month's. Tokens are paid in roubles and to somebody else."""

    lines: tuple[Line, ...]
    roubles: float
    roubles_for_vectors: float  # in the month in which all of them are made

    @property
    def dollars(self) -> float:
        """To AWS."""
        return sum(line.dollars for line in self.lines)

    def of(self, name: str) -> float:
        """One line's dollars."""
        return next(line.dollars for line in self.lines if line.name == name)


def bill(needed: Month, prices: Prices, choices: Choices) -> Bill:
    """What is needed, by line. A test sees that every quantity is on one."""
    lines = []
    for name, parts in LINES:
        dollars = sum(prices.prices[part].of(needed.quantities[part]) for part in parts)
        needs = tuple((needed.quantities[part], prices.prices[part].unit) for part in parts)
        lines.append(Line(name, dollars, needs))
    a_token = choices.roubles_per_million_tokens / 1_000_000
    return Bill(tuple(lines), needed.tokens * a_token, needed.vector_tokens * a_token)


def is_worth_a_line(bills: Sequence[Bill], name: str) -> bool:
    """Whether any of the bills has a cent on it."""
    return any(one.of(name) >= 0.005 for one in bills)
