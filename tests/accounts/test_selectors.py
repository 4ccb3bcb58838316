from accounts.selectors import students_of


def test_names_are_of_those_asked_for_whom_one_may_see(
    cohort, learner, instructor, admin, outsider, django_assert_num_queries
):
    ids = [learner.pk, outsider.pk]
    with django_assert_num_queries(1):
        assert students_of(instructor, ids) == {learner.pk: "Dana Ruiz"}
    assert students_of(instructor, [outsider.pk]) == {}
    assert students_of(admin, ids) == {learner.pk: "Dana Ruiz", outsider.pk: "Otto Lind"}
    assert students_of(admin, [learner.pk]) == {learner.pk: "Dana Ruiz"}
