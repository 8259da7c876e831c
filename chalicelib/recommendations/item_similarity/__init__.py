"""Which films are liked by the same viewers, learned daily from everybody's likes."""
