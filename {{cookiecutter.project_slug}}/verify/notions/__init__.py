"""Facts to questions: what a name means, which value it has, how production starts."""
