// Gradient health in the explorer: the program's figures, layer by layer, one selection, keys, and what cannot be told.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { check, is_narrow, open_explorer } from "./explorer_steps.mjs";
import { becomes, says, tab_to } from "./steps.mjs";

const open_gradients = async (open, home, hash, options) => {
  const page = await open_explorer(open, home, `${hash}&view=gradients`, options);
  await page.waitForSelector(".gradients tbody tr, .gradients .failed-part");
  return page;
};
// WebAssembly's C library and the machine's round exp and erf apart in the last digits.
const is_close = (a, b) => (a === "" || b === null ? a === "" && b === null : Math.abs(Number(a) - b) <= 1e-9 * Math.abs(b));

export async function explorer_gradients_are_the_programs({ open, home, skip }) {
  if (!process.env.RECKON_BINARY) skip("RECKON_BINARY is not set");
  for (const [name, hash] of [["resnet18", "#net=resnet18"], ["gpt2", "#net=gpt2&set=layers%3D2&batch=2"], ["lenet5", "#net=lenet5"]]) {
    const words = name === "gpt2" ? ["--set", "layers=2", "--batch", "2"] : [];
    const told = JSON.parse(execFileSync(process.env.RECKON_BINARY, ["gradients", name, ...words, "--format", "json"], { encoding: "utf8", maxBuffer: 1 << 26 })).network_gradients;
    const page = await open_gradients(open, home, hash);
    await becomes(() => page.locator(".gradients tbody tr").count(), told.layers.length);
    const rows = await page.locator(".gradients tbody tr").evaluateAll((all) => all.map((r) => [r.dataset.layer, ...[...r.querySelectorAll("data")].map((d) => d.value), r.querySelector(".why").textContent]));
    told.layers.forEach((layer, i) => {
      const [layer_name, norm, rms, at_result, ratio, fp16, bf16, why] = rows[i];
      assert.equal(layer_name, layer.name);
      for (const [key, got] of Object.entries({ norm, rms, gradient_rms: at_result, norm_ratio: ratio, fp16_lost: fp16, bf16_lost: bf16 })) assert.ok(is_close(got, layer[key]), `${name} ${layer.name} ${key}: ${got} and ${layer[key]}`);
      assert.equal(why, layer.stalls ?? "");
    });
  }
}

// Thirty layers of sigmoid, each of which takes a quarter at most: the first of them learn nothing, and it says why.
export async function explorer_gradients_say_which_layers_stall_and_why({ open, home }) {
  const page = await open_gradients(open, home, "#net=lenet5");
  await page.locator("#tab-text").click();
  await page.locator(".editor .cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("input 64\nrepeat 30 {\nlinear 64\nsigmoid\n}\nlinear 10\n");
  await says(() => page.locator(".editor-says").textContent(), /61 layers/);
  await page.locator("#tab-gradients").click();
  await becomes(() => page.locator(".gradients tbody tr").count(), 31);
  await says(() => page.locator(".gradients tr.stalls .why").first().textContent(), /\S/);
  await says(() => page.locator(".gradients .legend-line").textContent(), /of 31 layers stall/);
  assert.ok((await page.locator(".gradients tr.stalls").count()) > 5);
  assert.equal(await page.locator(".gradients tbody tr").last().evaluate((r) => r.classList.contains("stalls")), false);
}

export async function explorer_gradients_share_the_selection_and_are_walked({ open, home }) {
  const page = await open_gradients(open, home, "#net=resnet18");
  await tab_to(page, "[data-name=gradients]");
  await page.keyboard.press("ArrowRight");
  await becomes(() => page.locator(".inspector h2").textContent(), "Conv-1");
  await page.keyboard.press("End");
  await becomes(() => page.locator(".inspector h2").textContent(), "Linear-69");
  await becomes(() => page.locator(".gradients tr.on").getAttribute("data-layer"), "Linear-69");
  await page.locator(".gradients tbody").getByRole("button", { name: "BatchNorm-6", exact: true }).click();
  await becomes(() => page.locator(".inspector h2").textContent(), "BatchNorm-6");
  await page.waitForFunction(() => location.hash.includes("view=gradients") && location.hash.includes("at=BatchNorm-6"));
  await page.getByLabel("Show").selectOption("gradient_rms");
  await says(() => page.locator("[data-name=gradients]").getAttribute("aria-label"), /^At its result/);
  const before = await page.locator(".gradients tbody td data").first().getAttribute("value");
  await page.getByLabel("Batch, as a number").fill("8");
  await page.waitForFunction((v) => document.querySelector(".gradients tbody td data").value !== v, before);
  await says(() => page.locator(".gradients > .hint").textContent(), /batch 8/);
}

export async function axe_finds_nothing_in_gradients_and_a_phone_loses_nothing({ open, home }) {
  await check(await open_gradients(open, home, "#net=resnet18"), "gradients");
  await is_narrow(await open_gradients(open, home, "#net=resnet18", { viewport: { width: 360, height: 740 } }), "gradients");
}
