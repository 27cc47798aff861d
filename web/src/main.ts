// Starts the engine, hands it the lab's files, and draws the page.
import { mount } from "svelte";
import { Engine } from "./engine/client";
import type { LabDocument } from "./lab/contract";
import { files } from "./lab/files";
import { Work } from "./lab/work.svelte";
import App from "./page/App.svelte";
import Failed from "./page/Failed.svelte";
import { apply_theme, theme } from "./page/theme.svelte";
import "./style/base.css";
import "./style/page.css";
import "./style/charts.css";

apply_theme(theme());
const target = document.getElementById("page")!;
try {
  const engine = await Engine.start();
  await engine.open_lab(files);
  const lab = await engine.lab<LabDocument>({ question: "document" });
  document.title = `${lab.title} · Reckon`;
  mount(App, { target, props: { work: new Work(lab, engine) } });
} catch (error) {
  mount(Failed, { target, props: { message: error instanceof Error ? error.message : String(error) } });
}
