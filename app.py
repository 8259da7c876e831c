"""Registers routes and event handlers; nothing else."""

from chalice import Chalice

from chalicelib.auth import authorizer
from chalicelib.auth import routes as auth_routes
from chalicelib.http import finish

app = Chalice(app_name="kinosovet")
app.api.cors = False  # the page is served by the API itself
app.middleware("http")(finish)
app.register_blueprint(authorizer.bp)
app.register_blueprint(auth_routes.bp)
