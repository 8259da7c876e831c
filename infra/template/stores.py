"""Buckets and secrets."""


def stores() -> dict[str, object]:
    """The bucket of catalogue snapshots."""
    return {"CatalogBucket": _bucket(noncurrent_days=7)}


def secrets() -> dict[str, object]:
    """The first access token key is drawn by Secrets Manager; GigaChat's is put in by a person."""
    return {
        "TokenKeys": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "Description": "Access token keys; rotate with `python -m infra.rotate_keys`",
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


def _bucket(noncurrent_days: int) -> dict[str, object]:
    return {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "PublicAccessBlockConfiguration": dict.fromkeys(
                ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
            ),
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "forget-old-versions",
                        "Status": "Enabled",
                        "NoncurrentVersionExpiration": {"NoncurrentDays": noncurrent_days},
                    }
                ]
            },
        },
    }
