"""Claims graded as an auditor grades: each line beside its line of the key, and what the books say."""

from quizzes.grading.claims.audit import grade_audit
from quizzes.grading.claims.grade import grade_claim

__all__ = ["grade_audit", "grade_claim"]
