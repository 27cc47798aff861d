// Draws the page from the lab's document, while the engine and the lab's files are on their way.
import document_ from "lab-document:05-neural-computation";
import { mount, unmount } from "svelte";
import { Engine } from "./engine/client";
import { Work } from "./lab/work.svelte";
import App from "./page/App.svelte";
import Failed from "./page/Failed.svelte";
import { apply_theme, theme } from "./page/theme.svelte";
import { fetch_math } from "./text/math.svelte";
import "./style/base.css";
import "./style/page.css";
import "./style/charts.css";

apply_theme(theme());
const target = document.getElementById("page")!;
const fail = (error: unknown) => mount(Failed, { target, props: { message: error instanceof Error ? error.message : String(error) } });
try {
  const engine = Engine.start(import("./lab/files").then(({ files }) => files));
  document.title = `${document_.title} · Reckon`;
  const app = mount(App, { target, props: { work: new Work(document_, engine) } });
  engine.ready.catch(async (error: unknown) => {
    await unmount(app);
    fail(error);
  });
  // Behind the first picture.
  requestAnimationFrame(() => setTimeout(() => void fetch_math()));
} catch (error) {
  fail(error);
}
