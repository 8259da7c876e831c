"""The one place where somebody else's name for a viewer becomes our user id.

A viewer has no row here: the same name gives the same id, whoever derives it, before the viewer has ever come.
"""

import uuid

from chalicelib.errors import InvalidInputError

CHARACTERS_MAX = 128  # api.md, of a site's own id
SERVER = "server"


def user_id_of_issuer(issuer: str, subject: str) -> str:
    """The user that a trusted issuer calls `subject` (its `iss` and `sub`): the same subject of two issuers is two."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{issuer}\n{subject}"))


def user_id_of_site(viewer: str) -> str:
    """The user that the site's own servers call `viewer`: in the header `X-Viewer`, and in a file that is imported.

    Raises:
        InvalidInputError: no such id can be sent in a header, so nobody could ever be called so.
    """
    if not 0 < len(viewer) <= CHARACTERS_MAX or not viewer.isprintable() or viewer != viewer.strip():
        raise InvalidInputError(
            f"A viewer's id has 1 to {CHARACTERS_MAX} printable characters, no blanks around them.", "viewer"
        )
    return user_id_of_issuer(SERVER, viewer)
