"""T2: Debug mode and the interactive debugger."""
