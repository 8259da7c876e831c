"""To be written: the Chalice authorizer."""

from chalice import AuthResponse, Blueprint
from chalice.app import AuthRequest

bp = Blueprint(__name__)


@bp.authorizer(ttl_seconds=60)
def authorize(request: AuthRequest) -> AuthResponse:
    """To be written."""
    raise Exception("Unauthorized")
