"""The sweeper, every few seconds: see config.celery. Each task is safe to run twice and at once."""

import logging

from celery import shared_task

from quizzes import exam_statistics
from quizzes.services import attempts, grading, releases

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
    """Grades everything that is closed. What falls due meanwhile is closed between two batches: every process
    of the worker may be busy grading.
    """
    graded = 0
    while batch := grading.grade_closed(limit=GRADE_BATCH):
        graded += batch
        close_overdue_attempts()
    if graded:
        logger.info("graded %d attempts", graded)


@shared_task
def release_exams() -> None:
    """Opens the reports of exams whose window has passed."""
    if released := releases.release_due():
        logger.info("released the reports of %d exams", len(released))


@shared_task
def measure_items() -> None:
    """Adds up how the items of mock exams are answered; drawn forms and the bank read it."""
    logger.info("measured %d items", exam_statistics.measure_items())
