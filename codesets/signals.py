"""News for the apps above."""

from django.dispatch import Signal

# Another release of a system, or none, is in force on the days [start, end), open at None. Sent inside the
# transaction that makes it so: what a receiver writes stands or falls with it. Arguments: system (a code
# system or a reference book), start, end, and by (the person, None for a command).
release_changed = Signal()
