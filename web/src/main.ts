// Draws the page from the lab's document. The engine, the lab's files and whatever else is not in the
// first picture come behind it: the two cores of a small machine are the page's until it stands.
import document_ from "lab-document";
import { mount, unmount } from "svelte";
import { Engine } from "./engine/client";
import { Work } from "./lab/work.svelte";
import App from "./page/App.svelte";
import Failed from "./page/Failed.svelte";
import { apply_theme, theme } from "./page/theme.svelte";
import { fetch_lexer } from "./text/markdown.svelte";
import { fetch_math } from "./text/math.svelte";
import "./style/base.css";
import "./style/page.css";
import "./style/charts.css";

apply_theme(theme());
const target = document.getElementById("page")!;
const fail = (error: unknown) => mount(Failed, { target, props: { message: error instanceof Error ? error.message : String(error) } });
async function load_lab(): Promise<Record<string, string>> {
  const [{ files }] = await Promise.all([import("./lab/files"), fetch_lexer()]);
  return files;
}
try {
  const is_drawn = new Promise<void>((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, 1000); // a tab in the background draws nothing
  });
  const engine = Engine.start(load_lab, is_drawn);
  document.title = `${document_.title} · Reckon`;
  const app = mount(App, { target, props: { work: new Work(document_, engine) } });
  engine.ready.then(fetch_math, async (error: unknown) => {
    await unmount(app);
    fail(error);
  });
} catch (error) {
  fail(error);
}
