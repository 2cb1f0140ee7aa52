"""What builders are made from: bodies, sketches, cutters, and edges chosen by their geometry."""
