"""What talks to the outside for operators: the queues, and what CloudWatch measures of them."""
