"""Does a Flask service stand up to six threats? Run it with `python -m verify`."""
