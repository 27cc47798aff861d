// The explorer: a network that is built in, typed, dropped or broken; one selection in every view; keyboard only;
// axe, light and dark; a phone's width.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { check, drop, is_narrow, model, open_explorer, painted, settled, total } from "./explorer_steps.mjs";
import { becomes, says, tab_to } from "./steps.mjs";

export async function explorer_opens_a_built_in_network_and_its_parameters_are_sliders({ open, home }) {
  const page = await open_explorer(open, home);
  await page.locator(".networks button", { hasText: "resnet50" }).click();
  await settled(page);
  await becomes(() => total(page, "Parameters"), "25557032");
  await becomes(() => total(page, "MACs"), "4089184256");
  await page.getByLabel("width, as a number").fill("32");
  await page.waitForFunction(() => document.querySelector(".totals data").value !== "25557032");
  assert.match(page.url(), /net=resnet50/);
  await page.waitForFunction(() => location.hash.includes("set=width%3D32"));
  // The address opens the same again.
  const again = await open_explorer(open, home, new URL(page.url()).hash);
  await becomes(() => total(again, "Parameters"), await total(page, "Parameters"));
}

export async function explorer_reads_a_typed_network_and_shows_errors_at_their_place({ open, home }) {
  const page = await open_explorer(open, home);
  await page.getByRole("button", { name: "Open the editor" }).click();
  const text = page.locator(".editor .cm-content");
  await text.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("input image 784\nlinear 100\nrelu\nlinear 10\n");
  await page.waitForFunction(() => document.querySelector(".totals data")?.value === "79510"); // 784·100 + 100 + 100·10 + 10
  await page.waitForFunction(() => document.querySelector(".editor").shadowRoot.querySelector(".cm-figures").textContent.includes("78.5 k par"));
  await page.keyboard.type("linaer 3\n");
  await page.waitForSelector(".editor-says.wrong");
  await says(() => page.locator(".editor-says").textContent(), /linaer.*linear/);
  await page.waitForFunction(() => document.querySelector(".editor").shadowRoot.querySelector(".cm-lintRange-error")?.textContent === "linaer");
  await becomes(() => total(page, "Parameters"), "79510");
  await page.waitForFunction(() => location.hash.includes("text="));
  const again = await open_explorer(open, home, new URL(page.url()).hash);
  await becomes(() => total(again, "Parameters"), "79510");
}

export async function explorer_reads_a_dropped_file_and_says_what_is_wrong_with_a_broken_one({ open, home, skip }) {
  if (!existsSync(model("resnet18.onnx"))) skip("there are no models of the repository here");
  const page = await open_explorer(open, home);
  const bytes = readFileSync(model("resnet18.onnx"));
  await drop(page, "resnet18.onnx", bytes);
  await settled(page);
  await becomes(() => total(page, "Parameters"), "11689512");
  for (const [name, broken] of [["cut.onnx", bytes.subarray(0, bytes.length >> 1)], ["zeros.onnx", Buffer.alloc(4096)], ["text.txt", Buffer.from("Dear Sir or Madam")]]) {
    await drop(page, name, broken);
    await page.waitForFunction((n) => document.querySelector(".problem")?.textContent.includes(n) || document.querySelector(".problem span")?.textContent.length > 10, name);
    assert.ok((await page.locator(".problem span").textContent()).length > 10, name);
    await becomes(() => total(page, "Parameters"), "11689512", `${name}: what was open is gone`);
    await page.locator(".problem button").click();
  }
  await drop(page, "resnet18.onnx", bytes);
  await settled(page);
}

export async function explorer_selects_a_layer_in_the_table_and_everywhere({ open, home }) {
  const page = await open_explorer(open, home, "#net=resnet18");
  const before = await painted(page);
  await page.locator(".grid-row", { hasText: "Conv-1" }).first().click();
  await page.waitForFunction(() => document.querySelector(".inspector h2").textContent === "Conv-1");
  await page.waitForFunction((b) => [...document.querySelectorAll("[data-name] canvas")].every((c, i) => Number(c.dataset.painted) > b[i]), before);
  await page.waitForSelector(".inspector .formula-line:has-text('C_out')");
  await says(() => page.locator(".inspector").textContent(), /64 · 3 · 7 · 7/);
  // In a drawing by its keys: the next layer, seen in the table and in the note.
  await page.locator("[data-name=treemap]").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector(".grid-row.on")?.textContent.includes("BatchNorm-2"));
  await becomes(() => page.locator(".inspector h2").textContent(), "BatchNorm-2");
  await page.waitForFunction(() => location.hash.includes("at=BatchNorm-2"));
  // With the mouse: in the treemap the largest area of parameters is in the last block.
  await page.locator("input[name=area][value=params]").check({ force: true });
  await page.waitForTimeout(100);
  const box = await page.locator("[data-name=treemap] canvas").boundingBox();
  await page.mouse.click(box.x + 30, box.y + 9);
  await page.waitForFunction(() => document.querySelector(".inspector h2").textContent === "Basic-8");
  await says(() => page.locator(".grid-row.on").textContent(), /Basic-8/);
}

export async function explorer_folds_sorts_and_filters_layers({ open, home }) {
  const page = await open_explorer(open, home, "#net=resnet50");
  const rows = () => page.locator("[role=treegrid]").getAttribute("aria-rowcount").then(Number);
  const folded = await rows();
  await page.getByRole("button", { name: "Unfold all" }).click();
  await page.waitForFunction((n) => Number(document.querySelector("[role=treegrid]").getAttribute("aria-rowcount")) > n + 150, folded);
  await page.getByRole("checkbox", { name: "By module" }).uncheck();
  await becomes(() => rows(), 176);
  await page.getByRole("button", { name: "Params" }).click();
  await says(() => page.locator(".grid-row").first().textContent(), /Conv-1\d\d/);
  await page.getByLabel("Filter layers").fill("layer2 conv");
  await page.waitForFunction(() => document.querySelector(".table-tools .hint").textContent.startsWith("13 of 175"));
  assert.ok((await page.locator(".grid-row").count()) < 40, "more rows than are in view");
}

export async function explorer_is_used_with_the_keyboard_only({ open, home }) {
  const page = await open_explorer(open, home);
  await tab_to(page, ".networks button");
  await page.keyboard.press("Enter");
  await settled(page);
  await tab_to(page, "input[type=range]");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => location.hash.includes("batch="));
  await tab_to(page, "[role=treegrid]");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.waitForSelector(".grid-row.on");
  for (const name of await page.$$eval("[data-name]", (all) => all.map((e) => e.dataset.name))) {
    await tab_to(page, `[data-name=${name}]`);
    const before = await page.locator(".inspector h2").textContent();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction((b) => document.querySelector(".inspector h2").textContent !== b, before);
  }
  await tab_to(page, ".totals .figure");
  await page.waitForSelector("#origin:not([hidden])");
}

const taken = async (page, button) => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button, exact: true }).first().click()]);
  return readFileSync(await download.path());
};
export async function explorer_finds_the_largest_that_fits_and_shows_it({ open, home }) {
  const page = await open_explorer(open, home, "#net=resnet18&train=adam&device=rtx4090&view=fit");
  await page.getByRole("button", { name: /that fits NVIDIA/ }).click();
  await page.waitForSelector(".answer data", { timeout: 60_000 });
  const batch = Number(await page.locator(".answer data").getAttribute("value"));
  await says(() => page.locator(".proof").textContent(), new RegExp(`At ${(batch + 1).toLocaleString("en-US")} it would take`));
  await page.getByRole("button", { name: "Show it" }).click();
  await page.waitForFunction((b) => document.querySelector(".settings input[type=number]").value === String(b), batch);
  await page.waitForFunction(() => document.querySelector(".coverage").textContent.includes("fits NVIDIA GeForce RTX 4090") && !document.querySelector(".coverage").textContent.includes("does not"));
  await page.getByLabel("Batch, as a number").fill(String(4 * batch > 4096 ? 4096 : 4 * batch));
  await page.waitForFunction(() => document.querySelector(".coverage").textContent.includes("does not fit"));
  await page.getByRole("button", { name: "Make it fit" }).click();
  await page.waitForSelector(".fit tbody tr", { timeout: 60_000 });
  // What recomputation saves: less memory for more time, down to a budget.
  await page.getByLabel("Batch, as a number").fill("4");
  await page.getByRole("button", { name: "What does it save?" }).click();
  await page.locator(".budget-slider input").fill("0");
  await page.waitForFunction(() => /\d+ layers run twice/.test(document.querySelector(".fit").textContent));
  // A device of one's own, from this one: no bandwidth to speak of, and memory bounds nearly everything.
  await page.getByRole("button", { name: "My own …" }).click();
  await page.getByLabel(/^memory bandwidth/).fill("1e9");
  await page.getByRole("button", { name: "Use it" }).click();
  await page.waitForFunction(() => document.querySelector("[aria-labelledby=roofline-title] canvas")?.getAttribute("aria-label").includes(" MB/s"));
  await page.waitForFunction(() => location.hash.includes("own="));
  const again = await open_explorer(open, home, new URL(page.url()).hash);
  await says(() => again.locator("[data-name=roofline]").getAttribute("aria-label"), / MB\/s/);
}
export async function explorer_gives_everything_away({ open, home }) {
  const page = await open_explorer(open, home, "#net=resnet18&batch=4");
  await page.getByRole("button", { name: "Take away …" }).click();
  const csv = String(await taken(page, "Layers (CSV)")).trim().split("\n");
  assert.equal(csv.length, 70);
  assert.match(csv[1], /^1,Conv-1,Conv,,counted,1,4×64×112×112,9408,472055808,/);
  const json = JSON.parse(await taken(page, "Answers (JSON)"));
  assert.equal(json.report.totals.params, 11689512);
  const svg = String(await taken(page, "SVG"));
  assert.match(svg, /^<svg xmlns[^]*<title>MACs by module[^]*<\/svg>\s*$/);
  assert.equal((await taken(page, "PNG")).subarray(1, 4).toString(), "PNG");
  await says(() => page.locator(".take pre").textContent(), /^reckon resnet18 --batch 4\n/);
  const path = join(mkdtempSync(join(tmpdir(), "reckon-")), "one.html");
  writeFileSync(path, await taken(page, "One page (HTML)"));
  const one = await open({ offline: true }, pathToFileURL(path).href);
  await becomes(() => one.locator("svg").count(), 3);
  await says(() => one.locator("body").textContent(), /11,689,512/);
}

const states = async (page, look) => {
  await look("nothing open");
  await page.locator(".networks button", { hasText: "resnet18" }).click();
  await settled(page);
  await look("a network");
  await page.locator(".grid-row").nth(4).click();
  await page.getByLabel("Training step").check();
  await page.waitForFunction(() => document.querySelector(".totals").textContent.includes("training"));
  for (const summary of await page.locator("summary").all()) await summary.click();
  await look("a selection, all tables open");
  for (const name of await page.$$eval("[role=tab]", (all) => all.map((t) => t.id))) {
    await page.locator(`#${name}`).click();
    await page.waitForTimeout(600);
    await look(name);
  }
  for (const name of ["Open …", "Take away …", "My own …"]) {
    await page.getByRole("button", { name }).click();
    await page.waitForSelector("dialog[open] :is(.ways, .take, .own)");
    await look(name);
    await page.keyboard.press("Escape");
  }
};
export async function axe_finds_nothing_in_the_explorer({ open, home }) {
  const page = await open_explorer(open, home);
  await states(page, (state) => check(page, state));
}
export async function a_phone_loses_nothing_of_the_explorer({ open, home }) {
  const page = await open_explorer(open, home, "", { viewport: { width: 360, height: 740 } });
  await states(page, (state) => is_narrow(page, state));
}

export async function explorer_graph_unfolds_finds_and_follows({ open, home }) {
  const page = await open_explorer(open, home, "#net=resnet18&view=graph");
  const graph = page.locator("[data-name=graph]");
  const graph_says = (text) => page.waitForFunction((t) => document.querySelector("[data-name=graph]").getAttribute("aria-label").includes(t), text);
  await graph_says("70 nodes"); // 69 layers and the input
  await page.waitForFunction(() => document.querySelector("[data-layout-ms]").dataset.layoutMs !== "");
  await graph_says("0 of them unfolded");
  await page.getByPlaceholder("Find: name").fill("Conv-5");
  await page.keyboard.press("Enter");
  await graph_says("1 of them unfolded");
  await becomes(() => page.locator(".inspector h2").textContent(), "Conv-5");
  await graph.focus();
  await page.keyboard.press("ArrowDown"); // to what reads it
  await page.waitForFunction(() => document.querySelector(".inspector h2").textContent === "BatchNorm-6");
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.querySelector(".inspector h2").textContent === "Conv-5");
  await page.getByRole("button", { name: "Path from here" }).click();
  await page.getByPlaceholder("Find: name").fill("Add-10");
  await page.keyboard.press("Enter");
  // Conv-5, BatchNorm-6, Relu-7, Conv-8, BatchNorm-9, Add-10
  await page.waitForFunction(() => document.querySelector(".graph .table-tools").textContent.includes("5 steps from Conv-5"));
  await page.getByRole("button", { name: "Unfold all" }).click();
  await graph_says("8 of them unfolded");
  await page.locator(".graph summary").click(); // the table comes with the event that tells of the click
  await page.locator(".graph .data-table tbody tr").first().waitFor();
  await says(() => page.locator(".graph .data-table").textContent(), /Add-10\s*Add\s*BatchNorm-9, MaxPool-4\s*1×64×56×56/);
  await page.locator("#tab-layers").click();
  await says(() => page.locator(".grid-row.on").textContent(), /Add-10/);
}
export async function explorer_shows_what_is_alive_and_who_keeps_it({ open, home }) {
  const page = await open_explorer(open, home, "#net=resnet18&train=adam&batch=8");
  await page.locator("[data-name=memory]").focus();
  for (const key of ["Home", "PageDown", "PageDown", "ArrowUp"]) await page.keyboard.press(key); // step 41, in the forward pass
  await page.waitForFunction(() => document.querySelector(".memory .readout").textContent.startsWith("weights: 44.6 MiB"));
  for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowUp");
  const told = await page.locator(".memory .readout").textContent();
  assert.match(told, /made in forward of .*, kept by autograd, until the backward pass/);
  await page.keyboard.press("Enter");
  await page.waitForFunction((t) => t.includes(`forward of ${document.querySelector(".inspector h2").textContent}`), told);
  await page.locator(".memory summary").click();
  await page.locator(".memory tbody tr").first().waitFor();
  assert.ok((await page.locator(".memory tbody tr").count()) > 20);
  await page.getByLabel("Training step").uncheck();
  await page.getByLabel("Arena").check();
  await page.waitForFunction(() => document.querySelector("[data-name=memory]").getAttribute("aria-label").startsWith("Arena of inference"));
}

// Measured and printed, not asserted: they depend on the machine.
const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * q) - 1)];
export async function explorer_slider_to_paint_is_measured({ open, home, dist, say }) {
  const newest = new Map(); // an older build may have left its own beside them
  for (const file of readdirSync(`${dist}/assets`)) {
    const name = /^(explorer|code_editor|network_texts|layout_worker|worker)-.*\.js$/.exec(file)?.[1];
    const { mtimeMs: at, size } = statSync(`${dist}/assets/${file}`);
    if (name && at > (newest.get(name)?.at ?? 0)) newest.set(name, { at, size });
  }
  say(`JavaScript: ${[...newest].map(([name, { size }]) => `${name} ${size.toLocaleString("en-US")}`).join(", ")}: ${[...newest.values()].reduce((sum, { size }) => sum + size, 0).toLocaleString("en-US")} bytes`);
  for (const hash of ["#net=resnet50", "#net=resnet50&train=adam"]) {
    const page = await open_explorer(open, home, hash, { reducedMotion: "no-preference" });
    const times = await page.evaluate(async () => {
      const slider = document.querySelector(".slider input[type=range]");
      const canvases = [...document.querySelectorAll("[data-name=memory] canvas, [data-name=roofline] canvas, [data-name=treemap] canvas")];
      const count = () => canvases.map((c) => Number(c.dataset.painted));
      const times = [];
      for (let i = 0; i < 60; i++) {
        const before = count();
        const from = performance.now();
        slider.value = String(20 + ((i * 37) % 300));
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        while (count().some((c, k) => c <= before[k]) && performance.now() - from < 2000) await new Promise((resolve) => requestAnimationFrame(resolve));
        times.push(performance.now() - from);
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      return times;
    });
    say(`${hash}: slider to all views painted: median ${quantile(times, 0.5).toFixed(0)} ms, 95 % within ${quantile(times, 0.95).toFixed(0)} ms`);
  }
}
export async function explorer_graph_frames_are_measured({ open, home, say }) {
  const page = await open_explorer(open, home);
  // 7,000 layers in 1,750 modules.
  const text = "input 64\nrepeat 1750 {\n  residual {\n    linear 64\n    relu\n  }\n  layernorm\n}\n";
  await drop(page, "deep.net", Buffer.from(text));
  await settled(page);
  await page.locator("#tab-graph").click();
  await page.waitForFunction(() => document.querySelector("[data-name=graph]")?.getAttribute("aria-label").includes("7001 nodes"));
  const from = performance.now();
  await page.getByRole("button", { name: "Unfold all" }).click();
  await page.waitForFunction(() => document.querySelector("[data-layout-ms]").dataset.unfolded === "yes", null, { timeout: 60_000 });
  say(`7,000 nodes unfolded: ${(performance.now() - from).toFixed(0)} ms, of which ${await page.locator("[data-layout-ms]").getAttribute("data-layout-ms")} ms of layout in its worker`);
  for (const way of ["as it is", "the whole"]) {
    if (way === "the whole") await page.getByRole("button", { name: "Whole" }).click();
    const times = await page.evaluate(async () => {
      const canvas = document.querySelector("[data-name=graph] canvas");
      const box = canvas.getBoundingClientRect();
      const times = [];
      let last = performance.now();
      for (let i = 0; i < 120; i++) {
        canvas.dispatchEvent(new WheelEvent("wheel", { bubbles: true, cancelable: true, deltaY: i % 60 < 30 ? -50 : 50, clientX: box.left + 250 + i, clientY: box.top + 180 }));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const now = performance.now();
        times.push(now - last);
        last = now;
      }
      return times;
    });
    say(`zoomed, ${way}: ${(1000 / quantile(times, 0.5)).toFixed(0)} frames a second in the median, ${(1000 / quantile(times, 0.95)).toFixed(0)} at the 95th percentile`);
  }
}
export async function explorer_first_figures_are_measured({ open, home, say, skip }) {
  if (!existsSync(model("resnet50.onnx"))) skip("there are no models of the repository here");
  const page = await open_explorer(open, home);
  const times = [];
  for (let i = 0; i < 5; i++) {
    const from = performance.now();
    await page.setInputFiles("input[type=file]", model("resnet50.onnx"));
    await page.waitForFunction(() => document.querySelector("h1").textContent === "resnet50.onnx" && document.querySelector(".totals"));
    times.push(performance.now() - from);
    await page.goto("about:blank");
    await page.goto(`${home}explorer.html`);
    await page.waitForSelector(".networks button");
  }
  say(`resnet50.onnx: first figures ${quantile(times, 0.5).toFixed(0)} ms after it was chosen, in the median of ${times.length}`);
}
