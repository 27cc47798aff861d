// A budget for a training step: the line in the drawing is dragged, and what is dropped for it is that of the program.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { check, open_explorer } from "./explorer_steps.mjs";
import { becomes, tab_to } from "./steps.mjs";

const label = (page) => page.locator("[data-name=memory]").getAttribute("aria-label");
const told = /With a budget ([\d.,]+) MiB: (\d+) layers run twice, ([\d.]+) % more time/;

export async function a_budget_is_dragged_and_what_is_dropped_is_the_program_s({ open, home, skip }) {
  if (!process.env.RECKON_BINARY) skip("RECKON_BINARY is not set");
  const page = await open_explorer(open, home, "#net=resnet18&train=adam&batch=8&view=fit");
  await page.waitForFunction(() => /in .+, backward/.test(document.querySelector("[data-name=memory]").getAttribute("aria-label")));
  assert.doesNotMatch(await label(page), told);
  // The line begins at the peak, the axis ends 4 % above it; 20 and 18 pixels are the frame's.
  const box = await page.locator("[data-name=memory] canvas").boundingBox();
  const plot = box.height - 38;
  const at = (share) => [box.x + box.width / 2, box.y + 20 + plot * (1 - share / 1.04)];
  await page.mouse.move(...at(1));
  await page.mouse.down();
  await page.mouse.move(...at(0.97));
  await page.mouse.move(...at(0.92));
  await page.waitForFunction((t) => new RegExp(t).test(document.querySelector("[data-name=memory]").getAttribute("aria-label")), told.source, { timeout: 60_000 });
  await page.mouse.up();
  const slider = page.locator(".budget-slider input");
  await becomes(async () => told.test(await label(page)) && (await slider.inputValue()) !== (await slider.getAttribute("max")), true);
  const where = (await page.locator(".memory .legend-line").innerText()).includes("on a GPU") ? "cuda" : "cpu";
  const ask = (checkpoint) => JSON.parse(execFileSync(process.env.RECKON_BINARY, ["memory", "resnet18", "--train", "--optimizer", "adam", "--batch", "8", "--where", where, "--checkpoint", checkpoint, "--format", "json"], { encoding: "utf8" })).memory.checkpoint;
  const { curve, peak_without_bytes, beyond_bytes } = ask("optimal");
  assert.ok(Math.abs(peak_without_bytes / 2 ** 20 - Number(/at most ([\d.,]+) MiB/.exec(await label(page))[1])) <= 0.5, "the line ends at the peak that is shown");
  const budget = curve[Number(await slider.inputValue())].memory_bytes;
  // The most that fits under the line, to a pixel.
  const pixel = (1.04 / plot) * peak_without_bytes;
  const under = (bytes) => Math.max(...curve.map((p) => p.memory_bytes).filter((b) => b <= bytes), curve[0].memory_bytes);
  assert.ok([-1, 0, 1].some((k) => under(0.92 * peak_without_bytes + k * pixel) === budget), `${budget} of ${peak_without_bytes}`);
  const plan = ask(`budget=${budget + beyond_bytes}`);
  assert.ok(plan.peak_bytes <= budget);
  const says = async () => told.exec(await label(page));
  await becomes(async () => Number((await says())?.[2]), plan.recomputed.length);
  await becomes(async () => Number((await says())[3]), Number((100 * plan.extra_time).toFixed(1)));
  // A click elsewhere in the drawing still selects, and another setting knows of no plan.
  await page.mouse.click(...at(0.3));
  await becomes(async () => (await page.locator(".inspector h2").count()) > 0, true);
  await check(page, "a budget");
  await page.getByLabel("Batch, as a number").fill("4");
  await becomes(async () => told.test(await label(page)), false);
}

export async function a_budget_is_set_with_the_keyboard_only({ open, home }) {
  const page = await open_explorer(open, home, "#net=resnet18&train=adam&batch=8");
  await page.waitForFunction(() => /in .+, backward/.test(document.querySelector("[data-name=memory]").getAttribute("aria-label")));
  await tab_to(page, ".memory .small-button");
  await page.keyboard.press("Enter");
  const slider = page.locator(".memory .budget input");
  await slider.waitFor({ timeout: 60_000 });
  await tab_to(page, ".memory .budget input");
  await page.keyboard.press("End");
  await becomes(() => slider.getAttribute("aria-valuetext"), "budget: nothing runs twice");
  await page.keyboard.press("Home");
  await becomes(async () => told.test(await label(page)), true);
  const twice = async () => Number(told.exec(await label(page))?.[2]);
  const least = await twice();
  await page.keyboard.press("ArrowRight"); // more memory, less is computed again
  await becomes(async () => (await slider.inputValue()) === "1" && (await twice()) <= least, true);
  await check(page, "a budget by keyboard");
}
