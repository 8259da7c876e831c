"""What can go wrong, in the domain's words. The edge (`chalicelib.http`) turns each kind into one HTTP status."""

from dataclasses import dataclass


class DomainError(Exception):
    """A refusal that the caller can understand; the text is safe to show to a viewer."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidInputError(DomainError):
    """Well-formed but wrong input: 400. `field` names the culprit where there is one."""

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.field = field


class UnauthorizedError(DomainError):
    """Credentials that are missing, wrong or spent: 401."""


class SignInTooOldError(UnauthorizedError):
    """A good token, but the password was given too long ago for this: 401 that asks for it again (RFC 9470)."""


class ForbiddenError(DomainError):
    """Whoever calls is known, and may not do this: 403."""


class NotFoundError(DomainError):
    """The thing named does not exist: 404."""


class ConflictError(DomainError):
    """The thing exists already, or changed meanwhile: 409."""


class GoneError(DomainError):
    """It existed and does not come back (an outdated cursor): 410."""


class TooLargeError(DomainError):
    """More bytes than a request may carry: 413."""


class UnsupportedMediaTypeError(DomainError):
    """A body that is not what the route reads: 415."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofOfWork:
    """What a 429 of the sign-in takes instead of a wait: a `solution` for which SHA-256 of `challenge:solution` begins
    with that many zero bits, sent with the credentials as `proof`."""

    challenge: str
    bits: int


class TooManyRequestsError(DomainError):
    """Come back later: 429 with `Retry-After`. `proof_of_work`: what to do instead of waiting, where there is that."""

    def __init__(self, detail: str, retry_after_seconds: int, proof_of_work: ProofOfWork | None = None) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds
        self.proof_of_work = proof_of_work


class UnavailableError(DomainError):
    """Something we depend on does not answer: 503. The request may be repeated as it is: what it says was stored not at
    all, or wholly where the answer alone was lost."""
