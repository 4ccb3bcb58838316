from django.utils import timezone

from accounts import audit


def test_outside_the_demonstration_staff_set_up_a_second_factor_first(client, instructor, learner, settings):
    settings.DEMO = False
    client.force_login(instructor)
    assert client.get("/courses/help/").headers["Location"] == "/accounts/2fa/totp/activate/"
    client.force_login(learner)
    assert client.get("/courses/help/").status_code == 200


def test_pages_are_in_the_users_time_zone(client, admin):
    entry = audit.record(by=admin, action="test.happened", target=admin)
    admin.time_zone = "Asia/Kolkata"
    admin.save()
    client.force_login(admin)
    with timezone.override("Asia/Kolkata"):
        local = timezone.localtime(entry.at).strftime("%H:%M:%S")
    assert local in client.get("/accounts/audit/").content.decode()
