// Nothing of an act can be used before its prediction is locked, and a lock holds.
import assert from "node:assert/strict";
import { answer_with_mouse, becomes, by_id, settled } from "./steps.mjs";
import { said } from "./lab05.mjs";

const usable = "input, select, textarea, button, summary, [tabindex='0'], a[href]";

export async function no_control_of_an_act_can_be_used_before_its_lock({ open, url }) {
  const page = await open();
  for (const act of ["act1", "act2"]) {
    // Whatever can be used in the act belongs to the prediction, or is a figure of its prose.
    const others = await page.$$eval(`${by_id(act)} :is(${usable})`, (all) =>
      all.filter((e) => !e.closest("form.lock") && !e.matches(".figure")).map((e) => e.outerHTML));
    assert.deepEqual(others, []);
    await becomes(() => page.locator(`${by_id(act)} .instrument`).count(), 0);
    await becomes(() => page.locator(`${by_id(act)} .reveal`).count(), 0);
  }
  // A saved state that claims to be further than its lock opens nothing either.
  await page.evaluate(() => {
    const key = Object.keys(localStorage).find((k) => k.startsWith("reckon-lab:") && !k.endsWith("theme")) ?? "reckon-lab:05-neural-computation";
    localStorage.setItem(key, JSON.stringify({
      format: "reckon-lab-state", schema: 1, lab: "05-neural-computation", saved_at: "", controls: {}, answers: {}, entries: [],
      explored: ["act1", "act2"], revealed: ["act1", "act2"], textbook: true,
    }));
  });
  await page.goto(url);
  await page.waitForSelector("h1");
  await page.waitForTimeout(300);
  await becomes(() => page.locator(".instrument, .reveal, form.answer, form.decision").count(), 0);
  // One lock opens its own act alone.
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await settled(page);
  assert.ok((await page.locator("#act1 .instrument").count()) > 0);
  await becomes(() => page.locator("#act2 .instrument").count(), 0);
}

export async function a_locked_prediction_survives_reload_and_cannot_be_edited({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]);
  const shown = await page.locator("#act2 .locked-prediction").innerText();
  await page.reload();
  await page.waitForSelector("#act2 .locked-prediction");
  await becomes(() => page.locator("#act2 .locked-prediction").innerText(), shown);
  await becomes(() => page.locator("form.lock.locked").locator(`:is(${usable}):not(.figure)`).count(), 0);
  await page.locator("#act2 .instrument").first().waitFor();
  // The prediction stays in view while the act is read.
  await page.locator("#act2 .instrument").last().scrollIntoViewIfNeeded();
  assert.ok(await page.locator("#act2 .locked-prediction").isVisible());
  const box = await page.locator("#act2 .locked-prediction").boundingBox();
  assert.ok(box.y >= -1 && box.y < 900, `it stands at ${box.y}`);
  // Even the form's own event does not answer it again.
  const before = await page.evaluate(() => localStorage.getItem("reckon-lab:05-neural-computation"));
  await page.evaluate(() => document.querySelector("form.lock.locked").requestSubmit());
  const after = await page.evaluate(() => localStorage.getItem("reckon-lab:05-neural-computation"));
  assert.equal(after, before);
}
