"""T6: Shared state and context leaks."""
