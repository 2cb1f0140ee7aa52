"""Tables of DIN and ISO standards, each with its source."""
