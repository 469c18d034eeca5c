"""T4: Template injection."""
