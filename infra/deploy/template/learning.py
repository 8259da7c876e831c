"""The learning job's bucket, its table for Athena, and the workgroup that bounds what a query may cost."""

from infra.deploy.template.stores import bucket

GB = 1024**3
SCANNED_MOST_BYTES = 10 * GB  # 200 million likes; a run that would read more is a mistake, and Athena bills by bytes


def learning() -> dict[str, object]:
    """Everything but the function."""
    return {
        # Short: these files hold likes by user id, and a deleted account's must go soon.
        "LearningBucket": bucket(noncurrent_days=1, expire_days={"results/": 1, "exports/": 2}),
        "LearningDatabase": {
            "Type": "AWS::Glue::Database",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseInput": {"Name": {"Fn::Sub": "${AWS::StackName}_learning"}},
            },
        },
        "JudgementsTable": {
            "Type": "AWS::Glue::Table",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseName": {"Ref": "LearningDatabase"},
                "TableInput": {
                    "Name": "interactions",
                    "TableType": "EXTERNAL_TABLE",
                    "Parameters": {"classification": "csv", "EXTERNAL": "TRUE"},
                    "StorageDescriptor": {
                        "Location": {"Fn::Sub": "s3://${LearningBucket}/judgements/"},
                        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
                        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                        "SerdeInfo": {
                            "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                            "Parameters": {"field.delim": ",", "serialization.format": ","},
                        },
                        "Columns": [
                            {"Name": name, "Type": kind}
                            for name, kind in (
                                ("user_id", "string"),
                                ("film_id", "string"),
                                ("liked", "int"),
                                ("rated_at", "bigint"),
                            )
                        ],
                    },
                },
            },
        },
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
