"""Profiles of viewers from elsewhere: made when they first choose something, and for ever theirs by their id."""

from chalicelib.auth.accounts import Profile, ProfileFields, changed_fields
from chalicelib.auth.elsewhere.model import ForeignProfile, ForeignStore
from chalicelib.auth.model import WrongCredentialsError
from chalicelib.errors import InvalidInputError
from chalicelib.language import Language


def get_foreign_profile(user_id: str, language: Language, is_operator: bool, store: ForeignStore) -> Profile:
    """What the viewer sees. `language`: until they choose one, what their issuer says. Somebody else knows their e-mail
    address, if anybody, and vouches for them."""
    return shown(_held(user_id, language, store), is_operator)


def change_foreign_profile(
    user_id: str, language: Language, is_operator: bool, given: ProfileFields, store: ForeignStore
) -> Profile:
    """Changes what is given; absent keeps, null clears name, age limit and region.

    Raises:
        InvalidInputError: the name may not be taken, or a letter is wanted.
        WrongCredentialsError: the viewer was deleted a moment ago.
    """
    if given.weekly_letter is True:
        raise InvalidInputError("Nobody has told us your e-mail address.", "weekly_letter")
    held = _held(user_id, language, store)
    changed = changed_fields(held, given)
    if not store.put(changed):
        raise WrongCredentialsError("Sign in first.")
    return shown(changed, is_operator)


def shown(profile: ForeignProfile, is_operator: bool) -> Profile:
    """As every viewer sees their profile."""
    return Profile(
        user_id=profile.user_id,
        email=None,
        name=profile.name,
        language=profile.language,
        age_limit=profile.age_limit,
        region=profile.region,
        created_at=None,
        confirmed=True,
        roles=("viewer", "operator") if is_operator else ("viewer",),
    )


def _held(user_id: str, language: Language, store: ForeignStore) -> ForeignProfile:
    return store.find(user_id) or ForeignProfile(user_id=user_id, language=language)
