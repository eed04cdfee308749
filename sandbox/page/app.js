// Loads the world, draws the window, and keeps both in step with the server's events.

import { listen } from "./stream.js";
import { t } from "./words.js";
import { Window } from "./window.js";
import { World } from "./world.js";

const AGAIN = 1000;

async function main() {
  const world = await World.load();
  const root = document.getElementById("app");
  const page = new Window(root, world);
  page.draw();
  follow(world, page);
}

function follow(world, page) {
  const lost = async () => {
    page.say(t("lost"), "error");
    while (!(await world.refresh().then(() => true, () => false))) await new Promise((done) => setTimeout(done, AGAIN));
    page.say(t("found"), "note");
    follow(world, page);
  };
  listen(() => world.seq, { event: (event) => world.receive(event), lost: () => void lost() });
}

main().catch((problem) => {
  const stage = document.querySelector(".stage");
  stage.removeAttribute("aria-busy");
  stage.textContent = `${t("unreachable")} (${problem.message})`;
});
