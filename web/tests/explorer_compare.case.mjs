// Two networks side by side in the explorer: what differs, as the program's own diff has it; one selection in both;
// the address; keyboard; axe, light and dark; a phone's width.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { check, compared, drop, is_narrow, model, open_comparison, open_explorer, settled } from "./explorer_steps.mjs";
import { becomes, says, tab_to } from "./steps.mjs";

const both = (page, title) => page.locator(".compare-totals tr", { has: page.locator(`th:text-is("${title}")`) }).locator("data").evaluateAll((all) => all.map((d) => Number(d.value)));
const selected = (page) => page.locator(".compare-selected h2").allTextContents().then((all) => all.join(" | "));

// Every row, as many screens as it takes: what changed, both names, and what it differs by.
async function rows_of(page) {
  return page.evaluate(async () => {
    const body = document.querySelector(".compare-table");
    const found = new Map();
    for (let top = 0; ; top += body.clientHeight / 2) {
      body.scrollTop = top;
      body.dispatchEvent(new Event("scroll"));
      await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 20)));
      for (const row of body.querySelectorAll(".grid-row")) {
        const cells = [...row.children];
        found.set(Number(row.getAttribute("aria-rowindex")), { change: row.classList[1], a: cells[1].textContent, b: cells[2].textContent, by: cells[5].querySelector("data").value });
      }
      if (top > body.scrollHeight) return [...found].sort(([p], [q]) => p - q).map(([, row]) => row);
    }
  });
}

export async function explorer_compares_two_networks_as_the_program_does({ open, home, skip }) {
  if (!process.env.RECKON_BINARY) skip("RECKON_BINARY is not set");
  const told = JSON.parse(execFileSync(process.env.RECKON_BINARY, ["diff", "resnet18", "resnet50", "--format", "json"], { encoding: "utf8", maxBuffer: 1 << 26 }));
  const page = await open_explorer(open, home, "#net=resnet18");
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.locator("dialog[open] .networks button", { hasText: "resnet50" }).click();
  await compared(page);
  for (const [title, key] of [["Parameters", "params"], ["MACs", "macs"], ["FLOPs", "flops"], ["Weights", "param_bytes"], ["Bytes read", "read_bytes"], ["Bytes written", "write_bytes"], ["Activations", "activation_bytes"]]) {
    const [a, b] = [told.totals[key], told.other.totals[key]];
    assert.deepEqual(await both(page, title), [a, b, b / a], title);
  }
  await page.getByLabel("Only what differs").uncheck();
  await becomes(() => page.locator(".compare-table").getAttribute("aria-rowcount"), String(told.diff.layers.length + 1));
  for (const key of ["macs", "params", "write_bytes"]) {
    await page.getByRole("combobox", { name: /^By/ }).selectOption(key);
    const expected = told.diff.layers.map(({ change, layer, other }) => ({ change, a: layer?.name ?? "", b: other?.name ?? "", by: String((other?.[key] ?? 0) - (layer?.[key] ?? 0)) }));
    assert.deepEqual(await rows_of(page), expected, key);
  }
  await page.getByLabel("Only what differs").check();
  await page.getByLabel("Largest difference first").check();
  const sizes = (await rows_of(page)).map(({ by }) => Math.abs(Number(by)));
  assert.deepEqual(sizes, [...sizes].sort((p, q) => q - p));
  assert.ok(sizes.length >= told.diff.layers.length - told.diff.same);
}

export async function explorer_compares_a_network_with_itself_in_other_settings({ open, home }) {
  const page = await open_explorer(open, home, "#net=resnet18&device=t4");
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.getByRole("button", { name: "Itself, in other settings" }).click();
  await compared(page);
  await says(() => page.locator(".compare-line").textContent(), /69 layers the same, 0 changed/);
  await page.getByRole("group", { name: "Settings of B" }).getByLabel("Batch, as a number").fill("8");
  await says(() => page.locator(".compare-line").textContent(), /0 layers the same, 69 changed/);
  await becomes(async () => (await both(page, "MACs"))[2], 8);
  await becomes(async () => (await both(page, "Parameters"))[2], 1);
  await page.getByRole("group", { name: "Settings of B" }).getByLabel("Device").selectOption("h100-sxm");
  await becomes(async () => (await both(page, "Time"))[2] < 8, true);
  await page.getByRole("combobox", { name: /^By/ }).selectOption("energy");
  await says(() => page.locator(".compare-totals").textContent(), /Energy/);
  // The address opens the same again.
  await becomes(() => page.locator(".compare-line code").textContent(), "reckon diff resnet18 --other-batch 8");
  await page.waitForFunction(() => location.hash.includes("other-batch=8") && location.hash.includes("other-device=h100-sxm"));
  const again = await open_comparison(open, home, new URL(page.url()).hash);
  await becomes(async () => (await both(again, "MACs"))[2], 8);
  // Closed, there is one network, as before.
  await again.getByRole("button", { name: "Close the comparison" }).click();
  await settled(again);
  await becomes(() => again.locator(".totals data").first().getAttribute("value"), "11689512");
  await again.waitForFunction(() => !location.hash.includes("other-"));
}

export async function explorer_selects_a_layer_in_both_networks({ open, home }) {
  const page = await open_comparison(open, home, "#net=resnet18&other-net=resnet50");
  await tab_to(page, ".compare-table");
  await page.keyboard.press("ArrowDown");
  await becomes(() => selected(page), "Conv-5 | Conv-5");
  await page.keyboard.press("ArrowDown"); // what B alone has
  await becomes(() => selected(page), "resnet18 | Relu-10");
  await page.keyboard.press("End");
  await says(() => page.locator(".compare-table .grid-row.on").textContent(), /\S/);
  await tab_to(page, "[data-name=differences]");
  await page.keyboard.press("Home");
  await becomes(() => selected(page), "Conv-1 | Conv-1");
  await page.waitForFunction(() => location.hash.includes("at=Conv-1"));
  await page.keyboard.press("Escape");
  await becomes(() => selected(page), "resnet18 | resnet50");
  // With the mouse in the drawing: a bar's place is its pair's.
  const box = await page.locator("[data-name=differences] canvas").boundingBox();
  await page.mouse.click(box.x + 62, box.y + box.height / 2);
  await becomes(() => selected(page), "Conv-1 | Conv-1");
  await page.locator(".compare-bars summary").click();
  await page.locator(".compare-bars tbody tr").first().waitFor();
  assert.ok((await page.locator(".compare-bars tbody tr").count()) > 20);
}

export async function explorer_compares_files_and_texts({ open, home, skip }) {
  if (!existsSync(model("resnet18.onnx"))) skip("there are no models of the repository here");
  const page = await open_explorer(open, home, "#net=resnet18");
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.setInputFiles("dialog[open] input[type=file]", model("resnet18.onnx"));
  await compared(page);
  await becomes(async () => (await both(page, "Parameters"))[2], 1);
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.locator("dialog[open]").getByRole("button", { name: "Open the editor" }).click();
  await says(() => page.locator(".compare-side").nth(1).textContent(), /typed network/);
  await becomes(async () => (await both(page, "Parameters"))[1], 784 * 128 + 128 + 128 * 10 + 10);
  await page.getByText("Text of B").click();
  await page.locator(".compare-text .cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("input image 784\nlinear 10\n");
  await becomes(async () => (await both(page, "Parameters"))[1], 7850);
  // What is no network leaves the comparison as it is.
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.setInputFiles("dialog[open] input[type=file]", { name: "zeros.onnx", mimeType: "", buffer: Buffer.alloc(4096) });
  await page.waitForSelector(".problem");
  await becomes(async () => (await both(page, "Parameters"))[1], 7850);
  await drop(page, "resnet50.onnx", readFileSync(model("resnet50.onnx")));
  await becomes(async () => (await both(page, "Parameters"))[0], 25557032);
}

const states = async (page, look) => {
  await look("compared");
  await page.locator(".compare-table .grid-row").nth(2).click();
  for (const box of await page.getByLabel("Training step").all()) await box.check();
  for (const summary of await page.locator(".compare summary").all()) await summary.click();
  await page.waitForTimeout(600);
  await look("a selection, training, all tables open");
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.waitForSelector("dialog[open] .ways");
  await look("choosing another");
};
export async function axe_finds_nothing_in_a_comparison({ open, home }) {
  const page = await open_comparison(open, home, "#net=resnet18&other-net=resnet50");
  await states(page, (state) => check(page, state));
}
export async function a_phone_loses_nothing_of_a_comparison({ open, home }) {
  const page = await open_comparison(open, home, "#net=resnet18&other-net=gpt2", { viewport: { width: 360, height: 740 } });
  await states(page, (state) => is_narrow(page, state));
}
