from .deployed import Found, Write


def test_a_pin_that_is_switched_off(project: Write, found: Found) -> None:
    root = project({"Procfile": "web: WERKZEUG_DEBUG_PIN=off gunicorn a:b\n"})
    assert found(root, "SF231") == [("SF231", "Procfile", 1)]


def test_a_pin_of_ones_own_and_another_variable(project: Write, found: Found) -> None:
    docker = "FROM python:3\nENV WERKZEUG_DEBUG_PIN=123-456-789 PIN=off\nCMD gunicorn a:b\n"
    assert found(project({"Dockerfile": docker}), "SF231") == []
    assert found(project({"scripts/local.sh": "WERKZEUG_DEBUG_PIN=off flask run\n"}), "SF231") == []
