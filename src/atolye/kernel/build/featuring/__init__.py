"""How the operations of a feature tree become bodies, sketches and features of a document."""
