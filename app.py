"""Registers routes and event handlers; nothing else."""

from chalice import Chalice

from chalicelib.auth import authorizer
from chalicelib.auth import events as auth_events
from chalicelib.auth import routes as auth_routes
from chalicelib.catalog import events as catalog_events
from chalicelib.catalog import routes as catalog_routes
from chalicelib.feedback import events as feedback_events
from chalicelib.feedback import routes as feedback_routes
from chalicelib.http import health as own_routes
from chalicelib.http.problems import finish
from chalicelib.operator import routes as operator_routes
from chalicelib.outcomes import events as outcome_events
from chalicelib.outcomes import routes as outcome_routes
from chalicelib.recommendations import events as recommendation_events
from chalicelib.recommendations import routes as recommendation_routes
from chalicelib.web import routes as web_routes
from chalicelib.weekly import events as weekly_events
from chalicelib.weekly import routes as weekly_routes

app = Chalice(app_name="kinosovet")
app.api.cors = False  # the page is served by the API itself
app.middleware("http")(finish)
for part in (
    authorizer,
    auth_routes,
    auth_events,
    catalog_routes,
    catalog_events,
    feedback_routes,
    feedback_events,
    outcome_routes,
    outcome_events,
    recommendation_routes,
    recommendation_events,
    operator_routes,
    weekly_routes,
    weekly_events,
    web_routes,
    own_routes,
):
    app.register_blueprint(part.bp)
