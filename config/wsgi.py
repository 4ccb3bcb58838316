import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.open_files import WEB, allow_open_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

allow_open_files(WEB)
application = get_wsgi_application()
# gunicorn loads this module before its workers part: the workers share the views, and no first visitor waits
# for them
import_module(settings.ROOT_URLCONF)
