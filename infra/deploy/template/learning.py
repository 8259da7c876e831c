"""The learning job's bucket, its tables for Athena, and the workgroup that bounds what a query may cost."""

from collections.abc import Mapping

from infra.deploy.template.stores import bucket

GB = 1024**3
SCANNED_MOST_BYTES = 100 * GB  # an export of a thousand million likes, half a dollar; more is a mistake, and is billed

LIKE_COLUMNS = {"user_id": "string", "film_id": "string", "liked": "int", "rated_at": "bigint"}
# What the engine makes of them: `item_similarity/*.sql` say what they hold.
KEPT_COLUMNS = {
    "histories": {"user_id": "string", "film_ids": "array<string>", "said": "array<int>", "moments": "array<bigint>",
                  "asked_at": "bigint", "asked_film": "string"},
    "films": {"film_id": "string", "likes": "bigint", "viewed": "bigint", "code": "bigint", "newest": "bigint",
              "likes_kept": "bigint", "viewed_kept": "bigint", "code_kept": "bigint", "newest_kept": "bigint",
              "watched": "bigint", "watched_kept": "bigint"},
    "pairs": {"film": "bigint", "other": "bigint", "weight": "bigint", "weight_kept": "bigint"},
    "days": {"film_id": "string", "way": "int", "days": "array<bigint>", "day_likes": "array<bigint>"},
    "shared": {"way": "int", "code": "bigint", "others": "array<bigint>", "counts": "array<bigint>",
               "watched": "array<bigint>"},
    "nearest": {"way": "int", "code": "bigint", "similar_codes": "array<bigint>", "scores": "array<bigint>"},
}  # fmt: skip
EVENT_COLUMNS = {
    "viewer": "string",
    "kind": "string",
    "film_id": "string",
    "happened_at": "bigint",
    "source": "string",
    "place": "int",
    "surface": "string",
    "experiment": "string",
    "version": "string",
    # Since 0.3: null in older files, which end here.
    "prompt_version": "string",
    "age": "int",
}
EVENTS_KEPT_DAYS = 35  # four weeks can be counted anew; what they came to stays
FEEDBACK_ATTRIBUTES = ("user_id", "film_id", "rating", "steer", "updated_at", "rated_at", "unconfirmed")

type Format = tuple[str, str, str, Mapping[str, str]]
"""Input format, output format, serializer and its parameters: Hive's names."""
_TEXT = ("org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat")
CSV: Format = (
    *_TEXT, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", {"field.delim": ",", "serialization.format": ","}
)  # fmt: skip
JSON_LINES: Format = (*_TEXT, "org.openx.data.jsonserde.JsonSerDe", {"case.insensitive": "true"})  # "Item", "S"
PARQUET: Format = (
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    {},
)


def learning() -> dict[str, object]:
    """Everything but the function."""
    return {
        # Short: these files hold likes by user id, and a deleted account's must go soon.
        "LearningBucket": bucket(
            noncurrent_days=1, expire_days={"results/": 1, "exports/": 2, "gathered/": 2, "events/": EVENTS_KEPT_DAYS}
        ),
        "LearningDatabase": {
            "Type": "AWS::Glue::Database",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseInput": {"Name": {"Fn::Sub": "${AWS::StackName}_learning"}},
            },
        },
        # What viewers were shown and did, by day. A day's folder is found by its name: no partition is added.
        # https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html (date)
        "EventsTable": _table(
            "events",
            EVENT_COLUMNS,
            "events/",
            CSV,
            Parameters={
                "classification": "csv",
                "EXTERNAL": "TRUE",
                "projection.enabled": "true",
                "projection.day.type": "date",
                "projection.day.format": "yyyy-MM-dd",
                "projection.day.range": "NOW-60DAYS,NOW+1DAYS",
                "storage.location.template": {
                    "Fn::Join": ["", ["s3://", {"Ref": "LearningBucket"}, "/events/day=${day}/"]]
                },
            },
            PartitionKeys=[{"Name": "day", "Type": "string"}],
        ),
        # Imported files; where there are no exports, the site's own likes too.
        "JudgementsTable": _table(
            "interactions", LIKE_COLUMNS, "judgements/", CSV, Parameters={"classification": "csv", "EXTERNAL": "TRUE"}
        ),
        # Columns, each made once a day: what is read costs by the byte.
        **{
            f"Learning{name.title()}": _table(
                name,
                columns,
                f"gathered/{name}/",
                PARQUET,
                Parameters={"classification": "parquet", "EXTERNAL": "TRUE"},
            )
            for name, columns in KEPT_COLUMNS.items()
        },
        # Exports as DynamoDB writes them. A query names one by its id, which stands in the path: no partition is added.
        # https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html (injected)
        "ExportedTable": _table(
            "exported",
            {"item": f"struct<{','.join(f'{name}:struct<s:string>' for name in FEEDBACK_ATTRIBUTES)}>"},
            "exports/AWSDynamoDB/",
            JSON_LINES,
            Parameters={
                "classification": "json",
                "EXTERNAL": "TRUE",
                "projection.enabled": "true",
                "projection.export.type": "injected",
                # Joined: `${export}` is Athena's, and not every emulator knows how `Fn::Sub` is told so.
                "storage.location.template": {
                    "Fn::Join": ["", ["s3://", {"Ref": "LearningBucket"}, "/exports/AWSDynamoDB/${export}/data/"]]
                },
            },
            PartitionKeys=[{"Name": "export", "Type": "string"}],
        ),
        "LearningWorkgroup": {
            "Type": "AWS::Athena::WorkGroup",
            "Properties": {
                "Name": {"Fn::Sub": "${AWS::StackName}-learning"},
                "RecursiveDeleteOption": True,
                "WorkGroupConfiguration": {
                    "EnforceWorkGroupConfiguration": True,
                    "BytesScannedCutoffPerQuery": SCANNED_MOST_BYTES,
                    "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
                    "ResultConfiguration": {"OutputLocation": {"Fn::Sub": "s3://${LearningBucket}/results/"}},
                },
            },
        },
    }


def _table(name: str, columns: Mapping[str, str], prefix: str, format_: Format, **more: object) -> dict[str, object]:
    """An external table over a prefix of the learning bucket."""
    takes, gives, serializer, parameters = format_
    return {
        "Type": "AWS::Glue::Table",
        "Properties": {
            "CatalogId": {"Ref": "AWS::AccountId"},
            "DatabaseName": {"Ref": "LearningDatabase"},
            "TableInput": {
                "Name": name,
                "TableType": "EXTERNAL_TABLE",
                "StorageDescriptor": {
                    "Location": {"Fn::Sub": f"s3://${{LearningBucket}}/{prefix}"},
                    "InputFormat": takes,
                    "OutputFormat": gives,
                    "SerdeInfo": {"SerializationLibrary": serializer, "Parameters": dict(parameters)},
                    "Columns": [{"Name": column, "Type": kind} for column, kind in columns.items()],
                },
                **more,
            },
        },
    }
