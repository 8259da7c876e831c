"""To be written."""


def derived_keys(keys: object, purpose: bytes) -> tuple[bytes, ...]:
    """To be written."""
    raise NotImplementedError
