#!/bin/sh
# Finds Chromium and the fonts the page's tests need, installs them from the system's packages where that is allowed,
# and says in one line what it could not. With --found it only tells, by its exit code, whether there is a browser.
browser() {
    [ -x "${CHROMIUM:-}" ] || command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null
fonts() { fc-list 2>/dev/null | grep -qi wqy && fc-list 2>/dev/null | grep -qi emoji; }
install() {
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends \
        chromium fontconfig fonts-dejavu-core fonts-wqy-microhei fonts-noto-color-emoji
} >/dev/null 2>&1 </dev/null

if [ "${1:-}" = "--found" ]; then
    browser || exit 1
    exit 0
fi
browser && fonts && exit 0
if ! command -v apt-get >/dev/null; then
    why="there is no apt-get here"
elif [ "$(id -u)" != 0 ]; then
    why="only root may install it"
else
    echo "Installing Chromium and three fonts for the browser tests …"
    export DEBIAN_FRONTEND=noninteractive
    why="apt-get could not install it"
    install
fi
if ! browser; then
    echo "Left out: the browser tests. No Chromium was found and $why; put one on PATH, or its path into CHROMIUM."
elif ! fonts; then
    echo "The browser tests run without the fonts they were drawn with ($why): pictures may differ where signs stand."
fi
exit 0
