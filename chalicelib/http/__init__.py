"""The edge that all routes share: endpoints, cursors, problem documents, the OpenAPI document."""
