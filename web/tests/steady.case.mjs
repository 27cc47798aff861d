// What must not break the page, or tell too much: numbers that no constant can have, a fresh ledger, the tab key.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { answer_with_mouse, becomes, by_id, download_by, says, settled } from "./steps.mjs";
import { device, said } from "./lab05.mjs";

export async function a_number_that_no_constant_can_have_is_refused_beside_its_field({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await settled(page);
  const field = page.locator("#act1 .card").filter({ has: page.locator("h5", { hasText: /^ReLU$/ }) }).locator(".constant input").first();
  const comparator = page.locator(by_id("act1.comparator"));
  const before = await comparator.locator(".card").count();
  for (const wrong of ["0", "0.5", "1e300"]) {
    await field.fill(wrong);
    const why = page.locator("#act1 .card .refused").first();
    await why.waitFor();
    await says(() => why.innerText(), /a whole number from 1 to 1000000 is expected/, wrong);
    await becomes(() => field.getAttribute("aria-invalid"), "true");
    await becomes(() => page.locator("main > .problem").count(), 0, "there is no banner");
    // Everything else goes on.
    const slider = page.locator(`${by_id("act1.gradients")} input[type=range]`);
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await settled(page);
    await becomes(() => comparator.locator(".card").count(), before);
    await becomes(() => page.locator("#act1 .instrument .problem").count(), 0);
  }
  await page.reload();
  await page.waitForSelector("#act1 .card");
  await becomes(() => field.inputValue(), "50", "the last good number stays");
  await field.fill("100");
  await settled(page);
  await becomes(() => page.locator("#act1 .card .refused").count(), 0);
  const { path } = await download_by(page, () => page.locator("#closing button.primary").click());
  assert.ok(JSON.parse(readFileSync(path, "utf8")).evidence.entries.some((e) => e.element === "transistors_relu" && e.value === 100));
}

export async function a_fresh_page_s_ledger_holds_no_answer({ open }) {
  const page = await open();
  for (const lock of [null, "act2.prediction"]) {
    if (lock !== null) await answer_with_mouse(page, lock, said[lock]);
    const { path } = await download_by(page, () => page.locator("#closing button.primary").click());
    const ledger = JSON.parse(readFileSync(path, "utf8"));
    for (const key of ["activation_choice", "max_trainable_width_laptop_gpu", "training_memory_estimate_error_kb", "batch_size_chosen"]) assert.equal(ledger[key], null, key);
    assert.deepEqual(ledger.evidence.computed, {});
  }
}

// By hand: 1,876,384 bytes of 262,144 are 86.03 % too many.
export async function what_is_over_budget_is_as_long_as_it_is({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]);
  await settled(page);
  const ledger = page.locator(by_id("act2.ledger"));
  await ledger.locator(`.segments input[value="${device.microcontroller}"]`).check();
  await settled(page);
  const share = await ledger.evaluate((e) => {
    const wide = (selector) => [...e.querySelectorAll(selector)].reduce((s, r) => s + Number(r.getAttribute("width")), 0);
    return wide(".excess") / wide(".stack rect");
  });
  assert.ok(Math.abs(share - 0.8603) < 0.01, `${share}`);
  await ledger.locator(`.segments input[value="${device.laptop}"]`).check();
  await settled(page);
  await becomes(() => ledger.locator(".excess").count(), 0);
  await says(() => ledger.locator("svg .lens-text").textContent(), /0\.02/, "a total too thin to be seen is magnified, and says by what");
}

export async function one_tab_stop_for_a_group_of_figures_and_arrows_inside({ open }) {
  const page = await open();
  for (const act of ["act1", "act2"]) await answer_with_mouse(page, `${act}.prediction`, said[`${act}.prediction`]);
  await settled(page);
  for (const instrument of await page.locator(".instrument").all()) {
    const id = await instrument.getAttribute("id");
    const n = await instrument.locator(".figure").count();
    const stops = await instrument.locator('.figure[tabindex="0"]').count();
    assert.ok(stops <= 1 && (n === 0 || stops === 1), `${id}: ${stops} of ${n}`);
  }
  const first = page.locator(`${by_id("act2.ledger")} .figure[tabindex="0"]`);
  await first.focus();
  const from = await page.evaluate(() => document.activeElement.textContent);
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await page.evaluate(() => document.activeElement.textContent), from);
  await becomes(() => page.locator(`${by_id("act2.ledger")} .figure[tabindex="0"]`).count(), 1);
  // What it says: the formula in words, the numbers put in, the value, the standing.
  const note = await page.locator("#origin").innerText();
  assert.match(note, /= .*\d/);
  assert.match(note, /exact|measured|modelled|reference|assumed|given/);
}

export async function a_slow_answer_says_that_it_is_on_its_way({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await settled(page);
  await page.evaluate(() => {
    globalThis.seen = false;
    new MutationObserver(() => { if (document.querySelector(".instrument.slow")) globalThis.seen = true; }).observe(document.body, { attributes: true, subtree: true, attributeFilter: ["class"] });
  });
  // Six hundred steps of two trainings take longer than an eye waits.
  const steps = page.locator(`${by_id("act1.learning")} .range input[type=number]`);
  await steps.fill("600");
  await page.waitForFunction(() => globalThis.seen, null, { timeout: 10_000 });
  await page.waitForFunction(() => document.querySelector(".instrument.slow") === null, null, { timeout: 30_000 });
}
