"""Formulas in messages: drawn by the browser itself, bounded, and never more than a formula."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.anyio

HOSTILE = [
    r"\href{javascript:window.ran=1}{x} \url{javascript:window.ran=2}",
    r"\class{dialog}{x} \id{app}{x} \style{position:fixed; inset:0}{x} \data{a=b}{x}",
    r"\includegraphics{https://evil.example/x.png} \htmlStyle{color:red}{x}",
    r"\def\a{\a\a}\a",
    r"\rule{9999em}{9999em} \hspace{9999em} x",
    r"\color{red; background: url(https://evil.example)} x",
    r"\text{<img src=x onerror=window.ran=3>} \unicode{x3c}",
    "{" * 900 + "x" + "}" * 900,
    "x" * 1_900,
    r"\prescript{a}{b}{c} \boldsymbol{\dot{x}} \pmb{x} \mathbf{x}",
]
TROUBLE = """
() => [
  window.ran,
  document.querySelectorAll("article :is(a, img, script, [id], [class*=tml])").length,
  document.documentElement.scrollWidth > innerWidth,
  document.querySelector(".message-list").scrollWidth > document.querySelector(".message-list").clientWidth,
  Math.max(...[...document.querySelectorAll("article .formula")].map((each) => each.clientHeight)) > 1000,
]
"""


async def test_formulas_are_drawn_as_formulas(stage, enters):
    grace, ada = await stage.enters("grace"), await enters("ada")
    await grace.posts("The golden one is $`\\frac{1+\\sqrt{5}}{2}`$, and not $5.")
    await grace.posts("$$\n\\sum_{n=1}^\\infty \\frac{1}{n^2} = \\frac{\\pi^2}{6}\n$$")
    await grace.posts("Not a formula: $`\\frac{1`$")
    await ada.goes_to("lobby")

    await expect(ada.page.locator(".formula:not(.is-display) math mfrac msqrt")).to_have_text("5")
    await expect(ada.page.locator(".formula.is-display math[display=block] munderover")).to_have_count(1)
    await expect(ada.page.locator(".formula > code")).to_have_text("\\frac{1")


@pytest.mark.parametrize("device", ["desktop", "phone"])
async def test_a_hostile_formula_is_a_formula_or_nothing(stage, enters, device):
    grace = await stage.enters("grace")
    for tex in HOSTILE:
        await grace.posts(f"$`{tex}`$\n\n$$\n{tex}\n$$")
    await grace.posts("$`y`$")
    ada = await enters("ada", phone=device == "phone")
    if device == "phone":
        await ada.goes_to("lobby")

    await expect(ada.page.locator("article").last.locator(".formula mi")).to_have_text("y")
    await expect(ada.page.locator("article .formula")).to_have_count(2 * len(HOSTILE) + 1)
    assert await ada.evaluates(TROUBLE) == [None, 0, False, False, False]
