"""The feature tree: operations on sketches and bodies, with named parameters and expressions between them."""
