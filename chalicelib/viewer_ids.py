"""The ids of viewers who have no account here, from what others call them.

Accounts of our own have random ids (UUID version 4), these are version 5, so the two never meet. An issuer is an
address without a line break, which `server` is not, so no two names make one id.
"""

import uuid

SUBJECT_CHARACTERS_MAX = 255  # OpenID Connect Core 2: `sub` MUST NOT exceed 255 ASCII characters


def of_issuer(issuer: str, subject: str) -> str:
    """The viewer whom an issuer calls `subject` (`sub`): the same name at another issuer is another viewer."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{issuer}\n{subject}"))


def of_server(sites_own: str) -> str:
    """The viewer whom the site's own servers call so."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"server\n{sites_own}"))


def is_from_elsewhere(user_id: str) -> bool:
    """Whether the viewer has no account here."""
    try:
        return uuid.UUID(user_id).version == 5
    except ValueError:
        return False
