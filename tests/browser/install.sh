#!/bin/sh
# Finds Chromium and the fonts the page's tests need, installs them from the system's packages where that is possible,
# and says in one line what it could not. With --left-out it prints what pytest leaves out for want of a browser.
browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

if [ "${1:-}" = "--left-out" ]; then
    browser >/dev/null || echo "--ignore=tests/browser"
    exit 0
fi
if browser >/dev/null && fc-list 2>/dev/null | grep -qi wqy && fc-list | grep -qi emoji; then exit 0; fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing Chromium and two fonts for the browser tests …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium fontconfig fonts-wqy-microhei fonts-noto-color-emoji; } >/dev/null 2>&1
fi
browser >/dev/null || echo "Left out: the browser tests. There is no Chromium here and it could not be installed; put chromium on PATH to run them."
exit 0
