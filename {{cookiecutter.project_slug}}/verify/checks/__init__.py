"""Questions to findings: one small file a check."""
