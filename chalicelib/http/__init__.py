"""The edge that all routes share: endpoints, the authorizer, cursors, problem documents, the OpenAPI document."""
