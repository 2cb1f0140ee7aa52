"""From a sentence to a request: providers that read free text, and how well they do."""
