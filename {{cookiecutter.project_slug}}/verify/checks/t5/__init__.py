"""T5: Route collisions and blueprint mistakes."""
