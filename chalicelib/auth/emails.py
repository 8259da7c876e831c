"""One form for each e-mail address, so that two spellings never make two accounts."""

import unicodedata

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from chalicelib.errors import InvalidInputError

EMAIL_CHARACTERS_MAX = 254  # RFC 5321, erratum 1690


def normalised(text: str) -> str:
    """The address in the form accounts are kept under: NFC, case-folded, domain in Unicode.

    Whether it can be delivered is not asked: registering must not depend on somebody's name server.

    Raises:
        InvalidInputError: not an e-mail address.
    """
    try:
        valid = _valid(text.strip())
    except EmailNotValidError:
        raise InvalidInputError("This is not an e-mail address.", "email") from None
    return folded(valid.normalized)


def deliverable(email: str) -> str | None:
    """The address as mail servers of every kind take it, its domain in ASCII; None when its local part is not."""
    return _valid(email).ascii_email


def folded(text: str) -> str:
    """The form without a check: what a sign-in looks up, so that a bad address costs what a wrong one does. A domain in
    Punycode is the one it stands for."""
    local, at, domain = text.strip().rpartition("@")
    if "xn--" in domain.lower():
        text = f"{local}{at}{_in_unicode(domain)}"
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).casefold())


def _in_unicode(domain: str) -> str:
    try:
        return _valid(f"a@{domain}").domain
    except EmailNotValidError:
        return domain


def _valid(email: str) -> ValidatedEmail:
    """Without a look at its name server, and `.test` domains are let through: a demo needs addresses that are nobody's.
    Raises `EmailNotValidError`."""
    return validate_email(email, test_environment=True)
