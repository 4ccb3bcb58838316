"""The sweeper, every five seconds: see config.celery. Both tasks are safe to run twice and at once."""

import logging

from celery import shared_task

from quizzes.services import attempts, grading

logger = logging.getLogger(__name__)

CLOSE_BATCH = 500
GRADE_BATCH = 200


@shared_task
def close_overdue_attempts() -> None:
    """Closes everything that is due, a batch to a transaction."""
    closed = 0
    while batch := attempts.close_overdue(limit=CLOSE_BATCH):
        closed += len(batch)
    if closed:
        logger.info("closed %d overdue attempts", closed)


@shared_task
def grade_closed_attempts() -> None:
    """Grades everything that is closed. Stops when a batch graded nothing: what is left needs a person."""
    graded = 0
    while batch := grading.grade_closed(limit=GRADE_BATCH):
        graded += batch
    if graded:
        logger.info("graded %d attempts", graded)
