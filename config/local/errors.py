class StartError(Exception):
    """Chartroom cannot start or go on. The message is one sentence or two for the person at the terminal."""
