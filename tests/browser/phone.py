"""Where a test finds things on the page: a column by its person, a message by its words."""

from playwright.sync_api import Locator, Page


class Phone:
    """One column: what its person sees and does."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.node = page.get_by_role("region", name=name, exact=True)

    def message(self, text: str) -> Locator:
        """The newest message that says this itself; a quote of it does not count."""
        return (
            self.node.get_by_role("article").filter(has=self.page.locator(".bubble > :not(.quote)", has_text=text)).last
        )

    def key(self, name: str) -> Locator:
        return self.node.locator(".keyboard").last.get_by_role("button", name=name, exact=True)

    @property
    def words(self) -> Locator:
        return self.node.locator(".composer textarea")

    def say(self, text: str) -> None:
        self.words.fill(text)
        self.words.press("Enter")

    @property
    def toast(self) -> Locator:
        return self.node.locator(".toast").last
