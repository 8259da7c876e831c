"""Buckets and secrets."""

from collections.abc import Mapping


def stores() -> dict[str, object]:
    """The bucket of catalogue snapshots, and the one of files of films that are to be taken."""
    # Each single change of a film writes the pointer anew, and what changed before is in it.
    return {
        "CatalogBucket": bucket(noncurrent_days=7, noncurrent_days_of={"catalog/current": 1}),
        "ImportsBucket": bucket(noncurrent_days=1, expire_days={"imports/": 7}),
    }


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
        "ServerKeys": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "Description": "Hashes of the site's own servers' keys; change them with `python -m infra server-keys`",
                "SecretString": '{"keys": []}',
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


def bucket(
    noncurrent_days: int,
    expire_days: Mapping[str, int] | None = None,
    noncurrent_days_of: Mapping[str, int] | None = None,
) -> dict[str, object]:
    """A private, versioned bucket; `expire_days` by prefix is how long objects there are kept, `noncurrent_days_of`
    how long earlier versions of such are."""
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
    for prefix, days in (noncurrent_days_of or {}).items():
        expiration = {"NoncurrentVersionExpiration": {"NoncurrentDays": days}}
        name = prefix.replace("/", "-")
        rules.append({"Id": f"forget-old-{name}", "Status": "Enabled", "Prefix": prefix, **expiration})
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
