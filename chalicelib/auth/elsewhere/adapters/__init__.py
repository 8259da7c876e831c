"""Where viewers from elsewhere are kept, and how issuers are asked."""
