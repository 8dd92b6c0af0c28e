"""How a person works a page: with a mouse, or with nothing but a keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

_MOST_STOPS = 250


class Hands(Protocol):
    """Does what a person does to a control."""

    def press(self, control: Locator) -> None:
        """Press a button or follow a link."""

    def write(self, control: Locator, text: str) -> None:
        """Replace what a field holds."""

    def choose(self, control: Locator, option: str) -> None:
        """Choose the option of a list that reads so."""

    def tick(self, control: Locator, *, on: bool = True) -> None:
        """Tick a box, or take its tick away."""


class Mouse:
    """Clicks."""

    def press(self, control: Locator) -> None:
        control.click()

    def write(self, control: Locator, text: str) -> None:
        control.fill(text)

    def choose(self, control: Locator, option: str) -> None:
        control.select_option(label=option)

    def tick(self, control: Locator, *, on: bool = True) -> None:
        control.set_checked(on)


class Keyboard:
    """Reaches everything with the tab key, and sees where it is."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        self._reach(control)
        self.page.keyboard.press("Enter")

    def write(self, control: Locator, text: str) -> None:
        self._reach(control)
        if control.get_attribute("type") == "date":
            self._write_date(control, text)
            return
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def _write_date(self, control: Locator, text: str) -> None:
        """In the order of the browser's own language, which a page cannot know."""
        year, month, day = text.split("-")
        for digits in (f"{day}{month}{year}", f"{month}{day}{year}"):
            self.page.keyboard.type(digits)
            if control.input_value() == text:
                return
            self.page.keyboard.press("ArrowLeft")
            self.page.keyboard.press("ArrowLeft")
        message = f"typing led to {control.input_value()}, not {text}"
        raise AssertionError(message)

    def choose(self, control: Locator, option: str) -> None:
        """With the arrow keys, as a closed list takes them."""
        self._reach(control)
        labels = control.evaluate("list => [...list.options].map(each => each.label.trim())")
        here = control.evaluate("list => list.selectedIndex")
        steps = labels.index(option) - here
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        chosen = control.evaluate("list => list.selectedOptions[0].label.trim()")
        assert chosen == option, f"the arrow keys led to {chosen!r}, not {option!r}"

    def tick(self, control: Locator, *, on: bool = True) -> None:
        self._reach(control)
        if control.is_checked() != on:
            self.page.keyboard.press("Space")

    def _reach(self, control: Locator) -> None:
        """Go on with the tab key until the control has the focus, and can be seen to have it."""
        control.wait_for()
        for _ in range(_MOST_STOPS):
            if control.evaluate("here => here === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        else:
            message = f"the tab key does not lead to {control}"
            raise AssertionError(message)
        assert control.evaluate(_SHOWS_FOCUS), f"nothing shows that {control} has the focus"


# An outline or a shadow, of the control itself or of the label that is drawn in its place.
_SHOWS_FOCUS = """here => [here, here.closest("label"), here.nextElementSibling].some(each => {
  if (!each) return false;
  const style = getComputedStyle(each);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
})"""
