from quizzes import study
from quizzes.models import Exam, ExamItem, Item
from quizzes.practice_steps import quizzes_for_domains
from tests.quizzes.school import coded_case, make_exam, set_aside, single_best


def _quiz(slug, domains):
    exam = make_exam(slug, [single_best(f"{slug}-{n}") for n in range(len(domains))])
    for number, domain in enumerate(domains):
        Item.objects.filter(slug=f"{slug}-{number}").update(domain=domain)
    return exam


def _steps(*domains):
    return [(step.title, step.why) for step in quizzes_for_domains(1, domains)]


def test_each_domain_has_the_quiz_that_asks_most_about_it(books, django_assert_num_queries):
    _quiz("little", ["anatomy", "hcpcs"])
    _quiz("much", ["anatomy", "anatomy", "compliance"])
    with django_assert_num_queries(1):
        steps = list(quizzes_for_domains(1, ["compliance", "hcpcs", "anatomy"]))
    assert [(step.title, step.why) for step in steps] == [
        ("Practice: Much", "1 item asks about Compliance and regulation. No clock."),
        ("Practice: Little", "1 item asks about HCPCS Level II. No clock."),
    ]
    assert steps[0].url == "/quizzes/practice/#quiz-much"
    assert _steps("anatomy") == [("Practice: Much", "2 items ask about Anatomy. No clock.")]


def test_what_nobody_is_asked_now_is_not_counted(books, cohort):
    _quiz("held", ["anatomy"])
    set_aside("held-0")
    _quiz("mock", ["anatomy"])
    Exam.objects.filter(slug="mock").update(mode="mock", minutes=5)
    _quiz("others", ["anatomy"]).cohorts.add(cohort)
    make_exam("shown", [coded_case("chart")])
    ExamItem.objects.filter(item__slug="chart").update(served="worked")
    Item.objects.filter(slug="chart").update(domain="anatomy")
    assert _steps("anatomy") == []
    assert _steps("radiology") == []


def test_reports_ask_it():
    assert quizzes_for_domains in study._sources
