import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# gunicorn loads this module before its workers part: the workers share the views, and no first visitor waits
# for them
import_module(settings.ROOT_URLCONF)
