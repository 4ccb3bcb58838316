"""What each verdict of a grader is called, and what it means in one sentence. One table for all pages."""

from dataclasses import dataclass

from quizzes.grading.values import Verdict


@dataclass(frozen=True)
class VerdictWords:
    """name: two or three words, as they stand inside a sentence; meaning: a whole sentence."""

    name: str
    meaning: str


VERDICT_WORDS: dict[Verdict, VerdictWords] = {
    Verdict.CORRECT: VerdictWords("right", "The line is as the key has it."),
    Verdict.ALTERNATIVE_ACCEPTED: VerdictWords(
        "accepted alternative", "It differs from the key and is as right."
    ),
    Verdict.OPTIONAL_IGNORED: VerdictWords("optional", "This line neither earns nor costs."),
    Verdict.TRUNCATED: VerdictWords("not at full length", "The code lacks characters that it must have."),
    Verdict.LATERALITY: VerdictWords("laterality", "The code names another side of the body."),
    Verdict.SEVENTH_CHARACTER: VerdictWords(
        "seventh character", "The code is right up to its seventh character."
    ),
    Verdict.SPECIFICITY: VerdictWords(
        "specificity", "The code says less, or more, than the record documents."
    ),
    Verdict.PCS_AXIS: VerdictWords("PCS axis", "The code has another value in one of its seven characters."),
    Verdict.SAME_CATEGORY: VerdictWords("right category", "Another code of the same category is right."),
    Verdict.WRONG_CATEGORY: VerdictWords("other category", "The right code stands in another category."),
    Verdict.COMBINATION: VerdictWords("combination code", "One code of the key holds this and more."),
    Verdict.INVALID: VerdictWords("not a code in force", "No book of that date has a valid code like this."),
    Verdict.NOT_IN_FORCE: VerdictWords(
        "other release", "The code exists, but not in the book of the encounter's date."
    ),
    Verdict.NOT_VERIFIABLE: VerdictWords(
        "no book loaded to confirm it", "No loaded book can say whether this code exists."
    ),
    Verdict.MISSING: VerdictWords("missing", "The key has this line, and the claim does not."),
    Verdict.EXTRA: VerdictWords("extra", "The claim has this line, and the key does not."),
    Verdict.UNSUPPORTED: VerdictWords("not supported", "The chart does not bear this code."),
    Verdict.INTEGRAL_SYMPTOM: VerdictWords(
        "integral symptom", "The symptom belongs to a diagnosis that is coded already."
    ),
    Verdict.UNCERTAIN_DX: VerdictWords(
        "uncertain diagnosis", "The record only suspects this, and the setting does not let it be coded."
    ),
    Verdict.SEQUENCING: VerdictWords("sequencing", "The line stands in the wrong place of the order."),
    Verdict.MODIFIER_MISSING: VerdictWords("modifier missing", "The line lacks a modifier that the key has."),
    Verdict.MODIFIER_WRONG: VerdictWords("wrong modifier", "The line has another modifier than the key."),
    Verdict.MODIFIER_EXTRA: VerdictWords(
        "extra modifier", "The line has a modifier that the key does not have."
    ),
    Verdict.UNITS: VerdictWords("units", "The number of units is not what the record bears."),
    Verdict.POA: VerdictWords("POA", "The present-on-admission indicator is not what the record bears."),
    Verdict.POINTER: VerdictWords("pointer", "The line points to diagnoses that do not explain it."),
    Verdict.EM_LEVEL: VerdictWords("E/M level", "The visit is of another level."),
    Verdict.UNBUNDLED: VerdictWords("unbundled", "The service is part of another one that is reported."),
    Verdict.WRONG_OPTION: VerdictWords("other choice", "Another choice is right."),
}
