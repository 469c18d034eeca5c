"""T1: Development server in production."""
