"""The Celery application: two queues, no result backend, no far countdown.

`timers` closes and grades what is due and has a worker process of its own, so that a long import on `work`
never delays a deadline. A job's state is a row in PostgreSQL; see accounts.jobs.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("chartroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_default_queue="work",
    task_routes={"quizzes.tasks.*": {"queue": "timers"}, "accounts.tasks.*": {"queue": "timers"}},
    # Publishing must fail fast when Redis is down: the row is the truth and the sweeper finds it.
    task_publish_retry=False,
    broker_connection_timeout=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 3600, "socket_connect_timeout": 1, "socket_timeout": 5},
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    # Each expires at its interval: after an outage the queue holds one run, not a thousand.
    beat_schedule={
        "close-overdue-attempts": {
            "task": "quizzes.tasks.close_overdue_attempts",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "grade-closed-attempts": {
            "task": "quizzes.tasks.grade_closed_attempts",
            "schedule": 5.0,
            "options": {"expires": 5},
        },
        "release-exams": {
            "task": "quizzes.tasks.release_exams",
            "schedule": 15.0,
            "options": {"expires": 15},
        },
        # It may take seconds: not in the way of a deadline.
        "measure-items": {
            "task": "quizzes.tasks.measure_items",
            "schedule": 600.0,
            "options": {"expires": 600, "queue": "work"},
        },
        "sweep-jobs": {"task": "accounts.tasks.sweep_jobs", "schedule": 15.0, "options": {"expires": 15}},
    },
)
app.autodiscover_tasks()
