// Two networks side by side, beyond their layers: modules with the sums that the program has, areas, memory and graphs
// of both on one scale, and one selection in all of them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { check, compared, is_narrow, open_comparison } from "./explorer_steps.mjs";
import { becomes, says, tab_to } from "./steps.mjs";

const program = (...words) => execFileSync(process.env.RECKON_BINARY, words, { encoding: "utf8", maxBuffer: 1 << 26 });
const selected = (page) => page.locator(".compare-selected h2").allTextContents().then((all) => all.join(" | "));
const label = (page, name) => page.locator(`[data-name=${name}]`).getAttribute("aria-label");

// Sums of the program's modules, by path.
const sums_of = (layers, key) => new Map(JSON.parse(program("layers", "gpt2", "--set", `layers=${layers}`, "--depth", "99", "--format", "json")).modules.map((module) => [module.path, module[key]]));
// Every row of the table as many screens as it takes: of a module its path, of a layer its names.
const rows_of = (page) =>
  page.evaluate(async () => {
    const body = document.querySelector(".compare-table");
    const found = new Map();
    for (let top = 0; top <= body.scrollHeight + body.clientHeight; top += body.clientHeight / 2) {
      body.scrollTop = top;
      body.dispatchEvent(new Event("scroll"));
      await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 20)));
      for (const row of body.querySelectorAll(".grid-row")) {
        const [, a, b, of_a, of_b, by] = row.children;
        const value = (cell) => cell.querySelector("data")?.value ?? "";
        found.set(Number(row.getAttribute("aria-rowindex")), { level: Number(row.getAttribute("aria-level")), is_module: row.hasAttribute("aria-expanded"), path: a.title || b.title, in_a: a.title !== "", in_b: b.title !== "", a: value(of_a), b: value(of_b), by: value(by) });
      }
    }
    return [...found].sort(([p], [q]) => p - q).map(([, row]) => row);
  });

export async function explorer_compares_module_by_module({ open, home, skip }) {
  if (!process.env.RECKON_BINARY) skip("RECKON_BINARY is not set");
  const page = await open_comparison(open, home, "#net=gpt2&other-net=gpt2&set=layers%3D5&other-set=layers%3D6");
  await page.getByLabel("By module").check();
  await page.getByLabel("Only what differs").uncheck();
  await page.getByRole("button", { name: "Unfold all" }).click();
  for (const key of ["params", "macs", "read_bytes", "activations"]) {
    await page.getByRole("combobox", { name: /^By/ }).selectOption(key);
    const [of_a, of_b] = [sums_of(5, key), sums_of(6, key)];
    await says(() => page.locator(".compare-table [role=columnheader]").last().textContent(), /B − A/);
    const rows = await rows_of(page);
    const modules = rows.filter((row) => row.is_module);
    assert.ok(modules.length === 7, `${modules.length} modules`);
    for (const { path, in_a, in_b, a, b, by } of modules) {
      assert.deepEqual([a, b], [in_a ? String(of_a.get(path)) : "", in_b ? String(of_b.get(path)) : ""], `${key} of ${path}`);
      assert.equal(Number(by), (of_b.get(path) ?? 0) - (of_a.get(path) ?? 0), `${key} of ${path}`);
    }
    // What stands in a module adds up to it.
    rows.forEach((row, i) => {
      if (!row.is_module) return;
      let sum = 0;
      for (let k = i + 1; k < rows.length && rows[k].level > row.level; k++) if (rows[k].level === row.level + 1) sum += Number(rows[k].by);
      assert.equal(sum, Number(row.by), `${key} of what is in ${row.path}`);
    });
  }
  // Folded, and the largest difference first: the module that has what B has more.
  await page.getByRole("button", { name: "Fold all", exact: true }).click();
  await page.getByRole("combobox", { name: /^By/ }).selectOption("macs");
  await page.getByLabel("Largest difference first").check();
  await says(() => page.locator(".compare-table .grid-row").first().textContent(), /h/);
  await tab_to(page, ".compare-table");
  await page.keyboard.press("ArrowDown");
  await becomes(() => selected(page), "h | h");
  await page.keyboard.press("ArrowRight");
  await becomes(() => page.locator(".compare-table .grid-row.on").getAttribute("aria-expanded"), "true");
  await page.keyboard.press("ArrowLeft");
  await becomes(() => page.locator(".compare-table .grid-row.on").getAttribute("aria-expanded"), "false");
}

export async function explorer_shows_both_networks_on_one_scale({ open, home }) {
  const page = await open_comparison(open, home, "#net=resnet18&other-net=resnet50&view=map");
  await says(() => label(page, "treemapA"), /^A: MACs by module: 1\.81 GMAC/);
  await says(() => label(page, "treemapB"), /^B: MACs by module: 4\.09 GMAC/);
  // B's areas take all of the place, A's as much of it as it has of B's MACs.
  const box = await page.locator("[data-name=treemapA] canvas").boundingBox();
  const side = Math.sqrt(1814073344 / 4089184256);
  for (const [share, is_there] of [[side - 0.03, true], [side + 0.03, false], [0.98, false]]) {
    await page.keyboard.press("Escape");
    await page.mouse.click(box.x + box.width * 0.1, box.y + box.height * 0.06);
    await becomes(async () => (await selected(page)) !== "resnet18 | resnet50", true);
    await page.mouse.click(box.x + box.width * share, box.y + box.height * 0.1);
    if (is_there) await says(() => selected(page), /\S \| \S/);
    else await page.waitForTimeout(100);
  }
  await page.locator("#tab-memory").click();
  await says(() => label(page, "memoryB"), /^B: Memory over the steps of inference/);
  await page.getByLabel("Arena").first().check();
  await says(() => label(page, "memoryA"), /^A: Arena of inference/);
  await says(() => label(page, "memoryB"), /^B: Arena of inference/);
  await page.locator("#tab-graph").click();
  await says(() => label(page, "graphA"), /^A: graph of resnet18: 70 nodes/);
  await says(() => label(page, "graphB"), /^B: graph of resnet50: 176 nodes/);
  await page.waitForFunction(() => location.hash.includes("view=graph"));
}

export async function explorer_selects_in_every_view_of_both({ open, home }) {
  const page = await open_comparison(open, home, "#net=resnet18&other-net=resnet50&view=map");
  await tab_to(page, "[data-name=treemapA]");
  await page.keyboard.press("Home");
  await becomes(() => selected(page), "Conv-1 | Conv-1");
  await tab_to(page, "[data-name=treemapB]");
  await page.keyboard.press("End");
  await becomes(() => selected(page), "Linear-69 | Linear-175");
  await page.locator("#tab-graph").click();
  await says(() => label(page, "graphA"), /70 nodes/);
  await tab_to(page, "[data-name=graphA]");
  await page.keyboard.press("Home");
  await becomes(() => selected(page), "Conv-1 | Conv-1");
  await page.locator("#tab-memory").click();
  await says(() => label(page, "memoryB"), /Memory/);
  await tab_to(page, "[data-name=memoryB]");
  await page.keyboard.press("End");
  await becomes(() => selected(page), "Linear-69 | Linear-175");
  await page.keyboard.press("Escape");
  await becomes(() => selected(page), "resnet18 | resnet50");
}

const states = async (page, look) => {
  await page.getByLabel("By module").check();
  await page.locator(".compare-table .grid-row").nth(4).click();
  await look("by module");
  for (const view of ["map", "memory", "graph"]) {
    await page.locator(`#tab-${view}`).click();
    await page.waitForTimeout(600);
    for (const summary of await page.locator(".beside summary").all()) await summary.click();
    await look(view);
  }
};
export async function axe_finds_nothing_in_the_views_of_a_comparison({ open, home }) {
  const page = await open_comparison(open, home, "#net=resnet18&other-net=resnet50");
  await states(page, (state) => check(page, state));
}
export async function a_phone_loses_nothing_of_the_views_of_a_comparison({ open, home }) {
  const page = await open_comparison(open, home, "#net=resnet18&other-net=resnet50", { viewport: { width: 360, height: 740 } });
  await compared(page);
  await states(page, (state) => is_narrow(page, state));
}
