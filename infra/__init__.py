"""Everything around the Lambda code: template, deployment, catalogue loader, local run. Never ships."""
