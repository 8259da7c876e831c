"""Buckets and secrets."""

from collections.abc import Mapping


def stores() -> dict[str, object]:
    """The bucket of catalogue snapshots."""
    return {"CatalogBucket": bucket(noncurrent_days=7)}


def secrets() -> dict[str, object]:
    """The first access token key is drawn by Secrets Manager; GigaChat's is put in by a person."""
    return {
        "TokenKeys": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "Description": "Access token keys; rotate with `python -m infra rotate-keys`",
                "GenerateSecretString": {
                    "SecretStringTemplate": '{"kid": "first"}',
                    "GenerateStringKey": "secret",
                    "PasswordLength": 64,
                    "ExcludePunctuation": True,
                },
            },
        },
        "GigachatKey": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "Description": 'GigaChat key: {"credentials": "…", "scope": "GIGACHAT_API_PERS"}; {} is off',
                "SecretString": "{}",
            },
        },
    }


def bucket(noncurrent_days: int, expire_days: Mapping[str, int] | None = None) -> dict[str, object]:
    """A private, versioned bucket; `expire_days` by prefix is how long objects there are kept."""
    rules: list[dict[str, object]] = [
        {
            "Id": "forget-old-versions",
            "Status": "Enabled",
            "NoncurrentVersionExpiration": {"NoncurrentDays": noncurrent_days},
        }
    ]
    for prefix, days in (expire_days or {}).items():
        name = prefix.strip("/")
        rules.append({"Id": f"expire-{name}", "Status": "Enabled", "Prefix": prefix, "ExpirationInDays": days})
    return {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "PublicAccessBlockConfiguration": dict.fromkeys(
                ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
            ),
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {"Rules": rules},
        },
    }
