// Runs before the first paint so that a chosen theme never flashes the other one.
(() => {
  try {
    const theme = localStorage.getItem("tuan.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* storage may be forbidden; the system's theme holds then */ }
})();
