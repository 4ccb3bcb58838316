#!/usr/bin/env python
"""Django's command line, with the errors a person can mend said in one sentence."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.env import EnvironmentProblem, explain

    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except Exception as error:
        sentence = explain(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 2 if isinstance(error, EnvironmentProblem) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
