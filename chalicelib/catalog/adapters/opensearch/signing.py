"""Whether requests to a search engine are signed (SigV4), and for which service and region. Pure.

Amazon OpenSearch Service answers at `*.REGION.es.amazonaws.com`, dual-stack at `*.aos.REGION.on.aws`, and at an
endpoint of the site's own, whose name says nothing; OpenSearch Serverless at `*.REGION.aoss.amazonaws.com`.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/endpoints.html
"""

import re

AMAZON_HOSTS = (
    re.compile(r"\.(?P<region>[a-z0-9-]+)\.(?P<service>es|aoss)\.amazonaws\.com(\.cn)?$"),
    re.compile(r"\.(?P<service>aos)\.(?P<region>[a-z0-9-]+)\.on\.aws$"),
)
SIGNED_AS = {"aos": "es"}  # the name in an address, and the one in a signature


def service_and_region(host: str, sign: str, own_region: str) -> tuple[str, str] | None:
    """(`es`, `eu-central-1`), or None for a host that takes no signatures.

    `sign` is `auto` (by the host's name), `es`, `aoss` or `no`. A host that names no region is in `own_region`.

    Raises:
        ValueError: `sign` is none of these, or nobody knows the region.
    """
    if sign not in ("auto", "es", "aoss", "no"):
        raise ValueError(f"CATALOG_SIGN is auto, es, aoss or no, not {sign!r}")
    if sign == "no":
        return None
    found = next((match for pattern in AMAZON_HOSTS if (match := pattern.search(host))), None)
    if found is None and sign == "auto":
        return None
    region = found["region"] if found else own_region
    if not region:
        raise ValueError(f"{host} does not say its region: set AWS_DEFAULT_REGION")
    service = found["service"] if found and sign == "auto" else sign
    return SIGNED_AS.get(service, service), region
