"""Claims graded as an auditor grades: each line beside its line of the key, and what the books say."""

from quizzes.grading.claims.audit import grade_audit
from quizzes.grading.claims.grade import claim_of, grade_claim
from quizzes.grading.claims.lines import read_answer

__all__ = ["claim_of", "grade_audit", "grade_claim", "read_answer"]
