"""Sign-in for servers that others can reach: the token goes into a form, never into an address."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from detente.web.guard import COOKIE, same_word, session_of
from detente.web.pages.layout import simple_page
from detente.web.pages.request import shared

router = APIRouter(include_in_schema=False)
HOURS = 12


@router.get("/login")
async def ask(request: Request) -> Response:
    """Show the form."""
    if not shared(request).settings.token:
        return RedirectResponse("/", status_code=303)
    return simple_page(request, "login.html", {"wrong": False})


@router.post("/login")
async def enter(request: Request) -> Response:
    """Compare the token and set the cookie. Gives back to the first page, or the form again."""
    token = shared(request).settings.token
    body = (await request.body()).decode("utf-8", "replace")
    given = parse_qs(body, max_num_fields=4).get("token", [""])[0].strip()
    if not token or not same_word(given, token):
        return simple_page(request, "login.html", {"wrong": True}, status=403)
    answer = RedirectResponse("/", status_code=303)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, session_of(token), max_age=HOURS * 3600, httponly=True, samesite="strict", secure=secure
    )
    return answer
