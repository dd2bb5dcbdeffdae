"""Who may ask the simulated API, and what it does not have."""

from __future__ import annotations

import httpx
import pytest


def test_without_or_with_wrong_credentials_nothing_is_told(api: httpx.Client) -> None:
    nobody = httpx.get(api.base_url.join("v1/courses"))
    assert nobody.status_code == 401
    assert nobody.json() == {"detail": "Not authenticated"}
    assert nobody.headers["www-authenticate"] == "Basic"
    wrong = httpx.get(api.base_url.join("v1/courses"), auth=("demo", "guess"))
    assert wrong.status_code == 401
    assert wrong.json() == {"detail": "Incorrect username or password"}


def test_a_world_answers_under_its_name_and_at_the_root_but_not_under_another(
    api: httpx.Client,
) -> None:
    address = str(api.base_url)
    assert address.endswith("/seed-1-seasons-0.1-races-16-end-2025-11-22-feed-1.4.4/")
    for path in ("v1/courses", "v1/horses/search?name=king", "v1/results/today"):
        named = api.get(path)
        assert named.status_code == 200
        assert api.get(api.base_url.join(f"/{path}")).content == named.content
    other = address.replace("/seed-1-", "/seed-2-")
    assert api.get(f"{other}v1/courses").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/v1/jockeys",
        "/v1/trainers",
        "/v1/owners",
        "/v1/horses",
        "/v1/sires",
        "/v1/dams",
        "/v1/damsires",
        "/v1/bookmakers",
        "/v1/results/rac_1",
        "/v1/racecards/rac_1/pro",
        "/v1/horses/hrs_1/pro",
        "/v1/odds/rac_1/hrs_1",
        "/",
    ],
)
def test_what_does_not_exist_is_not_found(api: httpx.Client, path: str) -> None:
    response = api.get(path)
    assert response.status_code == 404
    assert response.json() == {"detail": "Not Found"}
