"""What a function may touch, and the exact IAM actions that takes: a grant names both, no action has a wildcard.

A grant says `reads(FEEDBACK, "Query")`, so that a policy is read like a sentence; which actions a verb may name is the
type checker's business.
"""

from typing import Literal

import msgspec
from msgspec import Struct

type Reading = Literal["GetItem", "BatchGetItem", "Query", "ConditionCheckItem"]
type Writing = Literal["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"]
type Reference = dict[str, object] | str
"""`Fn::GetAtt` or `Fn::Sub` with the stack's own logical ids; `EVERYTHING` for actions that take no resource."""
EVERYTHING = "*"


class Grant(Struct, frozen=True):
    """These actions, on these resources and on no other."""

    actions: tuple[str, ...]
    resources: tuple[Reference, ...]
    condition: str = ""  # of the template; "" always holds


def where(condition: str, *grants: Grant) -> tuple[Grant, ...]:
    """These grants, where a condition of the template holds."""
    return tuple(msgspec.structs.replace(one, condition=condition) for one in grants)


class Table(Struct, frozen=True):
    """A DynamoDB table of the template, by logical id."""

    id: str


class Bucket(Struct, frozen=True):
    """A bucket of the template, by logical id."""

    id: str


class Secret(Struct, frozen=True):
    """A secret of the template, by logical id."""

    id: str


ACCOUNTS = Table("AccountsTable")
SESSIONS = Table("SessionsTable")
FEEDBACK = Table("FeedbackTable")
RECOMMENDATIONS = Table("RecommendationsTable")
ITEM_SIMILARITY = Table("NeighboursTable")  # as 0.1 named it: another name would be another, empty table
BUDGET = Table("BudgetTable")
OUTCOMES = Table("OutcomesTable")
CATALOG_FILES = Bucket("CatalogBucket")
IMPORT_FILES = Bucket("ImportsBucket")
LEARNING_FILES = Bucket("LearningBucket")
TOKEN_KEYS = Secret("TokenKeys")
SERVER_KEYS = Secret("ServerKeys")
GIGACHAT_KEY = Secret("GigachatKey")


def reads(table: Table, *actions: Reading) -> tuple[Grant, ...]:
    """Of the table itself; its indexes are granted by `reads_index`."""
    return (_items(table, actions),)


def reads_all(table: Table) -> tuple[Grant, ...]:
    """The whole table page by page: for what happens once a day, on no request."""
    return (Grant(("dynamodb:Scan",), (attribute(table.id, "Arn"),)),)


def reads_index(table: Table, index: str) -> tuple[Grant, ...]:
    """Queries of this index alone."""
    return (Grant(("dynamodb:Query",), (_sub(f"${{{table.id}.Arn}}/index/{index}"),)),)


def writes(table: Table, *actions: Writing) -> tuple[Grant, ...]:
    """Of the table itself."""
    return (_items(table, actions),)


def reads_everything(table: Table, to: Bucket) -> tuple[Grant, ...]:
    """The whole table at once: by an export of its backup, or page by page where there is no backup. An export is
    written into a bucket of the function's own, with an ACL."""
    arn, exports = attribute(table.id, "Arn"), _sub(f"${{{table.id}.Arn}}/export/*")
    return (
        *where("Unprotected", Grant(("dynamodb:Scan",), (arn,))),
        *where("Protected", Grant(("dynamodb:DescribeTable", "dynamodb:ExportTableToPointInTime"), (arn,))),
        *where("Protected", Grant(("dynamodb:DescribeExport",), (exports,))),
        *where("Protected", Grant(("s3:PutObjectAcl",), (_sub(f"${{{to.id}.Arn}}/*"),))),
    )


def reads_secret(secret: Secret) -> tuple[Grant, ...]:
    """The secret's current text."""
    return (Grant(("secretsmanager:GetSecretValue",), (attribute(secret.id, "Id"),)),)


def reads_files(bucket: Bucket, prefix: str) -> tuple[Grant, ...]:
    """Objects under this prefix, by key; who may not list is told 403 for one that is missing."""
    return (
        Grant(("s3:GetObject",), (_sub(f"${{{bucket.id}.Arn}}/{prefix}*"),)),
        Grant(("s3:ListBucket",), (attribute(bucket.id, "Arn"),)),
    )


def writes_files(bucket: Bucket, prefix: str) -> tuple[Grant, ...]:
    """Writes objects under this prefix; whoever reads them too has `reads_files` beside it."""
    return (Grant(("s3:PutObject",), (_sub(f"${{{bucket.id}.Arn}}/{prefix}*"),)),)


def deletes_files(bucket: Bucket, prefix: str) -> tuple[Grant, ...]:
    """Deletes objects under this prefix."""
    return (Grant(("s3:DeleteObject",), (_sub(f"${{{bucket.id}.Arn}}/{prefix}*"),)),)


def searches_domain() -> tuple[Grant, ...]:
    """Searches of the OpenSearch domain: all that functions ask of it are POST requests."""
    domain = "arn:${AWS::Partition}:es:${AWS::Region}:${AWS::AccountId}:domain/${CatalogDomain}/*"
    return (Grant(("es:ESHttpPost",), (_sub(domain),)),)


def joins_network() -> tuple[Grant, ...]:
    """What Lambda does for a function inside a VPC. These take no resource, or one that has no name beforehand.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    actions = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "DeleteNetworkInterface",
               "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses")  # fmt: skip
    return (Grant(tuple(f"ec2:{one}" for one in actions), (EVERYTHING,)),)


def keeps_files(bucket: Bucket) -> tuple[Grant, ...]:
    """Lists, reads, writes and deletes objects of a bucket that is the function's own."""
    objects = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload")
    return (
        Grant(("s3:ListBucket", "s3:GetBucketLocation"), (attribute(bucket.id, "Arn"),)),
        Grant(objects, (_sub(f"${{{bucket.id}.Arn}}/*"),)),
    )


def queries_files(bucket: Bucket, prefix: str) -> tuple[Grant, ...]:
    """What a query asks of a bucket in its caller's name: the files under this prefix, and room for its result.

    https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena.html
    """
    read, results = (_sub(f"${{{bucket.id}.Arn}}/{one}*") for one in (prefix, "results/"))
    return (
        Grant(("s3:ListBucket", "s3:GetBucketLocation"), (attribute(bucket.id, "Arn"),)),
        Grant(("s3:GetObject",), (read, results)),
        Grant(("s3:PutObject", "s3:AbortMultipartUpload"), (results,)),
    )


def runs_queries(workgroup: str, database: str, *tables: str) -> tuple[Grant, ...]:
    """Athena queries in this workgroup on these tables of Glue's catalogue (which has to be named too)."""
    queries = ("athena:StartQueryExecution", "athena:GetQueryExecution", "athena:StopQueryExecution")
    own = "${AWS::Region}:${AWS::AccountId}"
    catalog = (f"{own}:catalog", f"{own}:database/${{{database}}}",
               *(f"{own}:table/${{{database}}}/{one}" for one in tables))  # fmt: skip
    return (
        Grant(queries, (_sub(f"arn:${{AWS::Partition}}:athena:{own}:workgroup/${{{workgroup}}}"),)),
        Grant(
            ("glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"),
            tuple(_sub(f"arn:${{AWS::Partition}}:glue:{one}") for one in catalog),
        ),
    )


def sends_to(*queue_ids: str) -> tuple[Grant, ...]:
    """Messages to the queues with these logical ids, alone or in batches."""
    return (Grant(("sqs:SendMessage",), tuple(attribute(one, "Arn") for one in queue_ids)),)


def measures_queues(*queue_ids: str) -> tuple[Grant, ...]:
    """How much waits in these queues, and how old it is."""
    arns = tuple(attribute(one, "Arn") for one in queue_ids)
    return (
        Grant(("sqs:GetQueueAttributes",), arns),
        Grant(("cloudwatch:GetMetricData",), (EVERYTHING,)),
    )


def empties(*queue_ids: str) -> tuple[Grant, ...]:
    """Looks into these queues, and takes messages out of them."""
    arns = tuple(attribute(one, "Arn") for one in queue_ids)
    return (Grant(("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"), arns),)


def sends_letters() -> tuple[Grant, ...]:
    """Letters from a sender that the account's SES has verified."""
    identity = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${MailIdentity}"
    return (Grant(("ses:SendEmail",), (_sub(identity),)),)


def receives_from(queue_id: str) -> tuple[Grant, ...]:
    """What Lambda does for a function that a queue wakes."""
    actions = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    return (Grant(tuple(f"sqs:{one}" for one in actions), (attribute(queue_id, "Arn"),)),)


def rests_in(queue_id: str) -> tuple[Grant, ...]:
    """Another rest for a message that failed than the queue's own."""
    return (Grant(("sqs:ChangeMessageVisibility",), (attribute(queue_id, "Arn"),)),)


def reads_stream(table: Table) -> tuple[Grant, ...]:
    """What Lambda does for a function that a table's stream wakes."""
    actions = ("DescribeStream", "GetRecords", "GetShardIterator")
    return (
        Grant(tuple(f"dynamodb:{one}" for one in actions), (attribute(table.id, "StreamArn"),)),
        Grant(("dynamodb:ListStreams",), (EVERYTHING,)),
    )


def writes_logs(log_group_id: str) -> tuple[Grant, ...]:
    """A function's own log."""
    return (Grant(("logs:CreateLogStream", "logs:PutLogEvents"), (attribute(log_group_id, "Arn"),)),)


def attribute(logical_id: str, name: str) -> Reference:
    """`Fn::GetAtt`."""
    return {"Fn::GetAtt": [logical_id, name]}


def _items(table: Table, actions: tuple[str, ...]) -> Grant:
    return Grant(tuple(f"dynamodb:{one}" for one in actions), (attribute(table.id, "Arn"),))


def _sub(text: str) -> Reference:
    return {"Fn::Sub": text}
