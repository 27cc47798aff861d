// Draws a lab from its document, or the home page where no lab is named. The engine, the lab's files and whatever
// else is not in the first picture come behind it: the two cores of a small machine are the page's until it stands.
import { mount, unmount } from "svelte";
import { Engine } from "./engine/client";
import Home from "./home/Home.svelte";
import { labs_here } from "./home/summary";
import type { Place } from "./lab/place";
import { Work } from "./lab/work.svelte";
import App from "./page/App.svelte";
import Failed from "./page/Failed.svelte";
import { apply_theme, theme } from "./page/theme.svelte";
import { fetch_lexer, set_trees } from "./text/markdown.svelte";
import { fetch_math } from "./text/math.svelte";

apply_theme(theme());
const target = document.getElementById("page")!;
const fail = (error: unknown) => mount(Failed, { target, props: { message: error instanceof Error ? error.message : String(error) } });

async function show_lab(place: Place): Promise<void> {
  const { document: lab, trees } = await place.document();
  set_trees(trees);
  const is_drawn = new Promise<void>((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 1000); // a tab in the background draws nothing
  });
  const load_files = async () => (await Promise.all([place.files(), fetch_lexer()]))[0];
  const engine = Engine.start(load_files, is_drawn);
  document.title = `${lab.title} · Reckon`;
  const app = mount(App, { target, props: { work: new Work(lab, engine) } });
  engine.ready.then(fetch_math, async (error: unknown) => {
    await unmount(app);
    fail(error);
  });
}

export function show_course(place: Place | null): void {
  if (place === null) mount(Home, { target, props: { labs: labs_here() } });
  else show_lab(place).catch(fail);
}
