"""Somebody before a browser: what they do on the page and what they see on it."""

import re
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, expect

WATCH_POLICY = """
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error(`Content Security Policy: ${violatedDirective} of ${blockedURI}`));
"""

# A browser without a window never hides a page by itself.
LOOKED_AWAY = """
() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  delete document.hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
# Only a database that is there: opening one would make it, without what the page keeps things in.
HAS_KEPT = """
async () => {
  const isThere = (await indexedDB.databases()).some(({ name }) => name === "hubbub-snapshot");
  return isThere && new Promise((resolve) => {
    const opening = indexedDB.open("hubbub-snapshot");
    opening.onsuccess = () => {
      const counting = opening.result.transaction("snapshots").objectStore("snapshots").count();
      counting.onsuccess = () => resolve(counting.result > 0);
    };
  });
}
"""
# A page in the background has timers, and no frames.
UNTIL = """
async () => {
  const holds = CONDITION;
  const turns = 1000;
  for (let turn = 0; !(await holds()); turn += 1) {
    if (turn === turns) throw new Error(`This did not come to be: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
"""


class Visitor:
    """One person in a browser of their own."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._complaints: list[str] = []
        self._expected: list[str] = []
        page.on("console", self._hears)
        page.on("pageerror", lambda error: self._complaints.append(f"{error}"))

    @classmethod
    async def at(cls, address: str, context: BrowserContext) -> "Visitor":
        """Open an address."""
        await context.add_init_script(WATCH_POLICY)
        visitor = cls(await context.new_page())
        await visitor.page.goto(address)
        return visitor

    # What the browser says

    def expects_trouble(self, pattern: str) -> None:
        """The browser may write this into its console: it writes down every answer that is an error."""
        self._expected.append(pattern)

    def complaints(self) -> list[str]:
        """What the browser wrote into its console as errors, but for what was expected."""
        return [each for each in self._complaints if not any(re.search(pattern, each) for pattern in self._expected)]

    # Coming in

    async def fills_in(self, button: str, **fields: str) -> None:
        """Fill in the form at the gate and press its button."""
        for label, words in fields.items():
            await self.page.get_by_label(label.capitalize().replace("_", " ")).fill(words)
        await self.page.get_by_role("button", name=button, exact=True).click()

    async def is_in(self) -> None:
        """Be signed in, with one's rooms there."""
        await expect(self.page.locator(".shell")).to_be_attached()

    async def signs_out(self) -> None:
        """Sign out of this browser."""
        await self.page.get_by_role("button", name="Your account").click()
        await self.page.get_by_role("button", name="Sign out here").click()

    async def leaves_for_a_moment(self) -> None:
        """Look at something else, so that the page keeps what there is to keep, and wait until it has."""
        await self.page.evaluate(LOOKED_AWAY)
        await self.waits_for(HAS_KEPT)

    async def waits_for(self, condition: str) -> None:
        """Wait until a function of the page gives true. Playwright's own way of waiting needs `eval`, which the page's policy forbids."""
        await self.page.evaluate(UNTIL.replace("CONDITION", condition))

    # Rooms

    def room(self, name: str) -> Locator:
        """A room in the sidebar."""
        return self.page.locator(".room-link").filter(has=self.page.get_by_text(name, exact=True))

    async def goes_to(self, room: str) -> None:
        """Open a room, and wait until its messages are there."""
        await self.room(room).click()
        await self.is_at(room)

    async def is_at(self, room: str) -> None:
        """Be in a room, its messages loaded."""
        await expect(self.page.get_by_role("heading", level=1, name=room, exact=True)).to_be_visible()
        await expect(self.list).to_have_attribute("aria-busy", "false")

    async def counts(self, room: str, words: str) -> None:
        """See this count beside a room; none when it is empty."""
        counts = self.room(room).locator(".count")
        if words:
            await expect(counts).to_have_text(re.compile(rf"^\s*{re.escape(words)}\s"))
        else:
            await expect(counts).to_have_count(0)

    # Talking

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.page.locator(".composer textarea")

    async def says(self, *texts: str) -> None:
        """Write messages into the open room and send them."""
        for text in texts:
            await self.composer.fill(text)
            await self.page.get_by_role("button", name="Send", exact=True).click()

    async def edits_last(self, text: str) -> None:
        """Change one's last message by the keyboard."""
        await self.composer.press("ArrowUp")
        await self.page.get_by_label("Edit your message").fill(text)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator(".edit-form")).to_have_count(0)

    async def does(self, text: str, action: str) -> None:
        """Choose something from the toolbar of the message with these words, or from the menu behind it."""
        row = self.message(text).first
        await row.focus()
        tool = row.get_by_role("button", name=action, exact=True)
        if not await tool.count():
            await row.get_by_role("button", name="More", exact=True).click()
            tool = row.get_by_role("menuitem", name=action, exact=True)
        await tool.click()

    def panel(self, name: str) -> Locator:
        """What stands beside the conversation."""
        return self.page.get_by_role("complementary", name=name)

    # Reading

    @property
    def list(self) -> Locator:
        """What messages stand in."""
        return self.page.locator(".message-list")

    @property
    def messages(self) -> Locator:
        """The words of every message on the page, deleted ones included."""
        return self.page.locator("article .message-text, article .message-gone")

    def message(self, text: str) -> Locator:
        """The message with these words."""
        return self.page.locator("article").filter(has=self.page.get_by_text(text, exact=True))

    async def reads(self, *texts: str) -> None:
        """See these messages in the open room: no others, each once, in this order, none of them pending."""
        await expect(self.messages).to_have_text(list(texts))
        await expect(self.pending).to_have_count(0)

    @property
    def pending(self) -> Locator:
        """Messages that are not sent yet."""
        return self.page.locator("article.is-pending")

    @property
    def undo(self) -> Locator:
        """What takes the deletion of a message back, beside each that still can be."""
        return self.page.get_by_role("log").get_by_role("button", name="Undo")

    @property
    def trouble(self) -> Locator:
        """The line that tells of a lost connection."""
        return self.page.locator(".connection-line:not([hidden])")

    @property
    def focus(self) -> Locator:
        """What has the focus."""
        return self.page.locator("*:focus")

    async def sees(self, text: str) -> None:
        """See these words somewhere on the page."""
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def evaluates(self, script: str, argument: Any = None) -> Any:
        """The value of a piece of JavaScript on the page."""
        return await self.page.evaluate(script, argument)

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"{message.text} ({message.location.get('url', '')})")
