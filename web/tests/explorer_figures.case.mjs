// Every figure of the page is the program's: totals, each layer's and module's figures, peak memory, time and energy, on every
// model of tests/models; what the program refuses, the page refuses in the same words.
//
// RECKON_MODELS   a folder whose files are opened as well
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { open_explorer } from "./explorer_steps.mjs";

const root = fileURLToPath(new URL("../../tests/models", import.meta.url));
const device = "h100-sxm";
const files_in = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files_in(join(folder, e.name)) : e.isFile() ? [join(folder, e.name)] : [])).sort();
const program = (...words) =>
  new Promise((resolve, reject) =>
    execFile(process.env.RECKON_BINARY, [...words, "--format", "json"], { maxBuffer: 1 << 30 }, (error, text) => {
      try {
        resolve(JSON.parse(text)); // status 3: it does not fit
      } catch {
        reject(error ?? new Error(`${words.join(" ")} says ${text.slice(0, 200)}`));
      }
    }),
  );
const columns = ["params", "macs", "flops", "time", "energy", "read_bytes", "write_bytes", "activations", "buffers", "int_ops"];

// What the page shows: of the totals, and of every row of the table.
const shown = async (page) => {
  const { rows, ...rest } = await all_shown(page);
  return { ...rest, rows: rows.map(({ name, values, ...row }) => Object.assign([name, ...values], row)) };
};
const all_shown = (page) =>
  page.evaluate(async () => {
    const totals = Object.fromEntries([...document.querySelectorAll(".totals > div")].map((d) => [d.querySelector("dt").textContent, d.querySelector("data")?.value ?? ""]));
    const body = document.querySelector(".grid-body");
    const rows = new Map();
    for (let top = 0; top <= body.scrollHeight; top += Math.max(200, body.clientHeight - 200)) {
      body.scrollTop = top;
      body.dispatchEvent(new Event("scroll"));
      await new Promise((next) => requestAnimationFrame(() => setTimeout(next)));
      for (const row of body.querySelectorAll(".grid-row")) {
        const cells = [...row.querySelectorAll("data")];
        rows.set(Number(row.getAttribute("aria-rowindex")), { name: row.querySelector(".name").title, values: cells.map((d) => d.value), at_least: cells.map((d) => d.parentElement.title.startsWith("at least")), is_module: row.hasAttribute("aria-expanded") });
      }
    }
    body.scrollTop = 0;
    return { totals, rows: [...rows].sort(([p], [q]) => p - q).map(([, row]) => row), problem: document.querySelector(".problem span")?.textContent ?? null };
  });
const text_of = (value) => (value === null || value === undefined ? "" : String(value));

async function differences(page, file, count) {
  const [told, time, energy, memory] = await Promise.all([
    program("layers", file, "--depth", "100"), program("time", file, "--device", device), program("energy", file, "--device", device), program("memory", file, "--device", device),
  ]);
  const before = await page.locator("main").getAttribute("data-opened");
  await page.setInputFiles("main input[type=file], dialog input[type=file]", file);
  await page.waitForFunction((n) => document.querySelector("main").dataset.opened !== n && !document.querySelector(".bar .hint"), before, { timeout: 120_000 });
  if (told.error !== undefined) {
    count.refused++;
    const { problem } = await shown_problem(page);
    // The program names the file by its path, the page by its name alone.
    const expected = told.error.message.replaceAll(file, basename(file));
    return problem !== null && problem.includes(expected) ? [] : [`the page says ${problem}, the program ${expected}`];
  }
  const page_says = await shown(page);
  if (page_says.problem !== null) return [`the page refuses it: ${page_says.problem}`];
  const wrong = [];
  const same = (what, got, expected) => {
    count.figures++;
    if (got !== text_of(expected)) wrong.push(`${what}: ${got} in the page, ${text_of(expected)} in the program`);
  };
  const { totals } = page_says;
  for (const [title, key] of [["Parameters", "params"], ["MACs", "macs"], ["FLOPs", "flops"], ["Weights", "param_bytes"], ["Activations", "activation_bytes"]]) same(title, totals[title], told.totals[key]);
  same("Peak memory", totals["Peak memory, inference"] ?? "", memory.memory?.peak.bytes);
  same("Time", totals.Time ?? "", time.time?.seconds);
  same("Inputs a second", totals["Inputs a second"] ?? "", time.time?.samples_per_s);
  same("Utilisation", totals.Utilisation ?? "", time.time?.utilisation);
  same("Energy", totals.Energy ?? "", energy.energy?.joules);
  same("layers", String(page_says.rows.length), told.layers.length);
  const at = (id) => 1 + columns.indexOf(id);
  told.layers.forEach((layer, i) => {
    const row = page_says.rows[i] ?? [];
    if (row[0] !== layer.name) wrong.push(`row ${i}: ${row[0]}, not ${layer.name}`);
    for (const id of columns) if (id !== "time" && id !== "energy") same(`${layer.name} ${id}`, row[at(id)], layer[id]);
  });
  // Of the layers that take any, in their order.
  const taking = (list, id) => list.filter((l) => l[id] !== 0).map((l) => `${l.name} ${l[id]}`).join("\n");
  const in_page = (id) => page_says.rows.filter((r) => r[at(id)] !== "0" && r[at(id)] !== "").map((r) => `${r[0]} ${r[at(id)]}`).join("\n");
  for (const [id, list, figure] of [["time", time.time?.layers, "seconds"], ["energy", energy.energy?.layers, "joules"]]) {
    count.figures += list?.length ?? 0;
    const [got, expected] = [in_page(id), taking(list ?? [], figure)];
    if (got !== expected) wrong.push(`${id} by layer: ${got.split("\n").find((line, i) => line !== expected.split("\n")[i])} in the page`);
  }
  await modules_too(page, told, page_says.rows.map((row, i) => ({ module: told.layers[i]?.module ?? "", time: Number(row[at("time")]), energy: Number(row[at("energy")]) })), count, wrong);
  return wrong;
}
// Of every module what it sums up; times and energies as the sums of those of the rows, which are the program's.
async function modules_too(page, told, layers, count, wrong) {
  if (told.modules.length < 2) return;
  await page.getByRole("checkbox", { name: "By module" }).check();
  await page.getByRole("button", { name: "Unfold all" }).click();
  const { rows } = await shown(page);
  await page.getByRole("checkbox", { name: "By module" }).uncheck();
  const in_page = new Map(rows.filter((row) => row.is_module).map((row) => [row[0], row]));
  const same = (what, got, expected) => {
    count.figures++;
    if (got !== expected) wrong.push(`module ${what}: ${got} in the page, ${expected} in the program`);
  };
  same("count", in_page.size, told.modules.length - 1);
  for (const module of told.modules.slice(1)) {
    const row = in_page.get(module.path);
    if (row === undefined) return void wrong.push(`module ${module.path} is not in the page`);
    columns.forEach((id, i) => {
      if (id !== "time" && id !== "energy") return same(`${module.path} ${id}`, `${row.at_least[i] ? "at least " : ""}${row[1 + i]}`, `${module.lower_bounds.includes(id) ? "at least " : ""}${module[id]}`);
      const sum = layers.reduce((all, layer) => all + (layer.module === module.path || layer.module.startsWith(`${module.path}.`) ? layer[id] : 0), 0);
      if (Math.abs(Number(row[1 + i]) - sum) > 1e-9 * sum) wrong.push(`module ${module.path} ${id}: ${row[1 + i]} in the page, its layers ${sum}`);
    });
  }
}
const shown_problem = async (page) => ({ problem: await page.locator(".problem span").first().textContent({ timeout: 5000 }).catch(() => null) });

export async function explorer_figures_are_the_programs_on_every_model({ open, home, skip, say }) {
  if (!process.env.RECKON_BINARY) skip("RECKON_BINARY is not set");
  if (!existsSync(root)) skip("there are no models of the repository here");
  const more = process.env.RECKON_MODELS;
  const folders = [root, ...(more ? [more] : [])];
  const page = await open_explorer(open, home, `#net=resnet18&device=${device}`, { viewport: { width: 1440, height: 4000 } });
  await page.getByRole("checkbox", { name: "By module" }).uncheck();
  await page.locator(".columns summary").click();
  for (const box of await page.locator(".columns input").all()) await box.check();
  await page.locator(".columns summary").click();
  await page.getByRole("button", { name: "Open …" }).click(); // where files are chosen; it closes with each that is
  const count = { models: 0, refused: 0, figures: 0 };
  const wrong = [];
  for (const folder of folders)
    for (const file of files_in(folder)) {
      if (!(await page.locator("dialog[open]").count())) await page.getByRole("button", { name: "Open …" }).click();
      count.models++;
      const found = await differences(page, file, count).catch((error) => [String(error)]);
      if (found.length > 0) wrong.push(`${relative(folder, file)}: ${found.length} differences, first ${found[0]}`);
    }
  say(`${count.models} files, ${count.refused} of them refused by both, ${count.figures.toLocaleString("en-US")} figures compared`);
  assert.deepEqual(wrong.slice(0, 20), []);
}
