"""T3: Client-side, weak or stolen sessions."""
