// What is taken away of two networks side by side, and the links to them: what a link cannot hold it asks for.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { check, compared, drop, model, open_comparison, open_explorer, settled } from "./explorer_steps.mjs";
import { becomes, says } from "./steps.mjs";

const taken = async (page, button, at = page) => {
  const [download] = await Promise.all([page.waitForEvent("download"), at.getByRole("button", { name: button, exact: true }).first().click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
};
const program = (...words) => JSON.parse(execFileSync(process.env.RECKON_BINARY, [...words, "--format", "json"], { encoding: "utf8", maxBuffer: 1 << 26 }));
const of_drawing = (page, title) => page.locator(".take tr", { has: page.locator(`th:text-is("${title}")`) });
const both = (page, title) => page.locator(".compare-totals tr", { has: page.locator(`th:text-is("${title}")`) }).locator("data").evaluateAll((all) => all.map((d) => Number(d.value)));

export async function explorer_gives_a_comparison_away({ open, home, skip }) {
  if (!process.env.RECKON_BINARY) skip("RECKON_BINARY is not set");
  const told = program("diff", "resnet18", "resnet50");
  const page = await open_comparison(open, home, "#net=resnet18&other-net=resnet50&view=memory&device=h100-sxm&other-device=t4");
  await says(() => page.locator("[data-name=memoryB]").getAttribute("aria-label"), /at most 111 MiB/);
  await says(() => page.locator("[data-name=memoryA]").getAttribute("aria-label"), /at most 51.3 MiB/);
  await page.getByRole("button", { name: "Take away …" }).click();
  const csv = await taken(page, "Pairs of layers (CSV)");
  assert.equal(csv.name, "resnet18-beside-resnet50.csv");
  const [head, ...lines] = String(csv.bytes).trim().split("\n").map((line) => line.split(","));
  assert.equal(lines.length, told.diff.layers.length);
  told.diff.layers.forEach(({ change, layer, other }, i) => {
    const cell = (name) => lines[i][head.indexOf(name)];
    const figure = (of, key) => (of === null ? "" : String(of[key]));
    assert.deepEqual([cell("change"), cell("a"), cell("b")], [change, layer?.name ?? "", other?.name ?? ""]);
    for (const key of ["macs", "params", "read_bytes"])
      assert.deepEqual([cell(`${key}_a`), cell(`${key}_b`), cell(`${key}_difference`)], [figure(layer, key), figure(other, key), String((other?.[key] ?? 0) - (layer?.[key] ?? 0))], `${key} of ${layer?.name} and ${other?.name}`);
  });
  const json = JSON.parse((await taken(page, "Answers (JSON)")).bytes);
  assert.deepEqual([json.a.report.totals.params, json.b.report.totals.params, json.diff.added], [told.totals.params, told.other.totals.params, told.diff.added]);
  // Both memories have one axis: the same numbers stand at it.
  const axes = [];
  for (const side of ["A", "B"]) {
    const svg = String((await taken(page, "SVG", of_drawing(page, `${side}: What is alive`))).bytes);
    axes.push([...svg.matchAll(/y="([\d.]+)"[^>]*text-anchor="end"[^>]*>(\d+ MiB)</g)].map(([, y, text]) => `${text} at ${y}`));
  }
  assert.ok(axes[0].length > 2);
  assert.deepEqual(axes[0], axes[1]);
  const png = await taken(page, "PNG", of_drawing(page, "Where it differs"));
  assert.equal(png.bytes.subarray(1, 4).toString(), "PNG");
  await says(() => page.locator(".take pre").textContent(), /^reckon diff resnet18 resnet50\nreckon memory resnet18 /);
  // The commands give what the page shows.
  const [, memory_a, time_a, memory_b, time_b] = (await page.locator(".take pre").textContent()).split("\n").map((line) => line.split(" ").slice(1));
  for (const [side, memory, time] of [["a", memory_a, time_a], ["b", memory_b, time_b]]) {
    assert.equal(json[side].memory.peak.bytes, program(...memory).memory.peak.bytes);
    assert.equal(json[side].time.seconds, program(...time).time.seconds);
  }
  const path = join(mkdtempSync(join(tmpdir(), "reckon-")), "both.html");
  writeFileSync(path, (await taken(page, "One page (HTML)")).bytes);
  const one = await open({ offline: true }, pathToFileURL(path).href);
  await becomes(() => one.locator("svg").count(), 3);
  await says(() => one.locator("h1").textContent(), /^resnet18 \(A\) beside resnet50 \(B\)$/);
  await says(() => one.locator("body").textContent(), /44 layers the same, 25 changed, 106 only in B, 0 only in A/);
  await check(page, "taking a comparison away");
}

export async function explorer_links_ask_for_the_files_they_cannot_hold({ open, home, skip }) {
  if (!existsSync(model("resnet18.onnx"))) skip("there are no models of the repository here");
  const page = await open_explorer(open, home, "#net=resnet18");
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.setInputFiles("dialog[open] input[type=file]", model("resnet50.onnx"));
  await compared(page);
  await page.getByRole("group", { name: "Settings of B" }).getByLabel("Batch, as a number").fill("8");
  await page.waitForFunction(() => location.hash.includes("other-file=resnet50.onnx") && location.hash.includes("other-batch=8"));
  await page.getByRole("button", { name: "Take away …" }).click();
  await says(() => page.locator(".take").textContent(), /asked to drop resnet50\.onnx again/);
  // Opened elsewhere: the network that the link holds, and a sentence that asks for the file.
  const again = await open_explorer(open, home, new URL(page.url()).hash);
  await says(() => again.locator(".awaited").textContent(), /compares this with resnet50\.onnx, a file/);
  await check(again, "a link that asks for a file");
  await drop(again, "resnet50.onnx", readFileSync(model("resnet50.onnx")));
  await compared(again);
  await becomes(async () => (await both(again, "MACs"))[1], 8 * 4089184256);
  await becomes(() => again.locator(".awaited").count(), 0);
  // A single file: nothing opens before it is here, and then as it was asked about.
  const single = await open({ viewport: { width: 1440, height: 900 } }, `${home}explorer.html#file=resnet18.onnx&batch=4&train=sgd&at=x`);
  await says(() => single.locator(".awaited").textContent(), /The link is of resnet18\.onnx, a file/);
  await single.waitForSelector(".networks button");
  await single.setInputFiles("main input[type=file]", model("resnet18.onnx"));
  await settled(single);
  await becomes(() => single.locator(".totals data").nth(1).getAttribute("value"), String(4 * 1814073344));
  await says(() => single.locator(".totals").textContent(), /training/);
}
