"""Who may ask the simulated API, and what it does not have."""

from __future__ import annotations

import httpx
import pytest


def test_without_or_with_wrong_credentials_nothing_is_told(api: httpx.Client) -> None:
    nobody = httpx.get(f"{api.base_url}/v1/courses")
    assert nobody.status_code == 401
    assert nobody.json() == {"detail": "Not authenticated"}
    assert nobody.headers["www-authenticate"] == "Basic"
    wrong = httpx.get(f"{api.base_url}/v1/courses", auth=("demo", "guess"))
    assert wrong.status_code == 401
    assert wrong.json() == {"detail": "Incorrect username or password"}


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
