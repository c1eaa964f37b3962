"""The worst that people write, and what must not come of it on any page."""

from visitor import Visitor

HOSTILE = [
    "<img src=x onerror=window.ran=1><script>window.ran=2</script>",
    "[press](javascript:window.ran=3) ![look](javascript:window.ran=4) javascript:window.ran=5",
    "](https://evil.example) [in `lobby`](javascript:window.ran=6) **",
    "\u202etxet denrut\u202c \u2067\u200f\u2066 and on",
    "Z" + "\u0336\u0489" * 5_000,
    "w" * 4_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 40,
    "\u0430d\u0430",  # not ada: the first and the last letter are Cyrillic
]
# Whatever scrolls by itself must have nothing to scroll to the side.
TROUBLE = """
() => {
  const names = ["sidebar-rooms", "message-list", "panel", "panel-body", "search-body", "dialog", "dialog-body", "composer"];
  const panes = names.flatMap((name) => [...document.querySelectorAll(`.${name}`)]);
  const isWide = (pane) => pane.scrollWidth > pane.clientWidth + 1;
  const isPushed = (each, pane) => each.getBoundingClientRect().right > pane.getBoundingClientRect().right + 1;
  const pushed = (pane) => [...pane.querySelectorAll("*")].filter((each) => isPushed(each, pane));
  const wide = panes.filter(isWide).map((pane) => [pane.className, ...pushed(pane).map((each) => each.outerHTML.slice(0, 100))].join(" "));
  const nodes = [
    ...document.querySelectorAll("body script, script:not([src], [type=importmap]), a[href^='javascript' i], iframe, object, embed"),
    ...[...document.querySelectorAll("*")].filter((each) => each.getAttributeNames().some((name) => name.startsWith("on"))),
  ];
  return [
    ...(window.ran === undefined ? [] : [`ran ${window.ran}`]),
    ...(document.documentElement.scrollWidth > innerWidth ? ["the page scrolls to the side"] : []),
    ...wide.map((name) => `${name} scrolls to the side`),
    ...nodes.map((node) => node.outerHTML.slice(0, 100)),
  ];
}
"""


async def is_calm(visitor: Visitor, where: str) -> None:
    """Hold that nothing ran, that nothing is there that could, and that nothing is pushed aside."""
    assert await visitor.evaluates(TROUBLE) == [], where
