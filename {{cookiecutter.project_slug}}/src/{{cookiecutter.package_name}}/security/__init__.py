"""The defences: one concern, one module, one test of the same name."""
