"""The HTTP app. Routes live in the feature packages' ``routes.py``; this only assembles and guards them."""
