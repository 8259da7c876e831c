"""What a month costs: measured units times prices. Nothing here asks AWS for anything."""
