from flask.testing import FlaskClient


def test_the_front_page_says_that_the_service_runs(client: FlaskClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "is running.</h1>" in response.text


def test_a_visitor_who_stores_nothing_gets_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/").headers
