// Lab 06 from its first prediction to its ledger: with the mouse, with the keyboard only, and looked at by axe.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { answer_with_keyboard, answer_with_mouse, by_id, download_by, settled, tab_to } from "./steps.mjs";

const said = {
  "act1.prediction": { share: "50" }, "act1.reuse": { why: "reuse" },
  "act2.prediction": { batch: "8" }, "act2.streaming": { why: "once" }, "act2.upgrade": { choice: "bandwidth" },
};

async function play(page, answer, move) {
  for (const act of ["act1", "act2"]) {
    await answer(page, `${act}.prediction`, said[`${act}.prediction`]);
    await settled(page);
    await move(act);
    await settled(page);
    await page.locator(`${by_id(act)} .reveal-button`).click();
    await page.waitForSelector(`${by_id(act)} .reveal p`);
    for (const question of Object.keys(said).filter((q) => q.startsWith(act) && !q.endsWith("prediction"))) await answer(page, question, said[question]);
  }
  await settled(page);
  const { path } = await download_by(page, () => page.locator("#closing button.primary").click());
  const ledger = JSON.parse(readFileSync(path, "utf8"));
  assert.equal(ledger.linear_share_guess, 50);
  assert.equal(ledger.upgrade_choice, "bandwidth");
  assert.ok(ledger.batch_where_linear_turns > 1);
  if (process.env.RECKON_BINARY) execFileSync(process.env.RECKON_BINARY, ["ledger", "verify", path]);
}

export async function alexnet_is_played_with_the_mouse_and_axe_finds_nothing({ open, home }) {
  const page = await open({ reducedMotion: "reduce" }, `${home}06-alexnet.html`);
  await play(page, answer_with_mouse, async (act) => {
    if (act === "act1") {
      await page.locator(`${by_id("act1.lens")} .segments input[value="macs"]`).check();
      await settled(page);
      assert.match(await page.locator(`${by_id("act1.lens")} .note`).innerText(), /95\.7 % belong to the five convolutions/);
    } else {
      const slider = page.locator(`${by_id("act2.machine")} input[type=range]`).first();
      const box = await slider.boundingBox();
      await slider.click({ position: { x: box.width * 0.6, y: box.height / 2 } });
    }
  });
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  for (const theme of ["light", "dark"]) {
    await page.locator("header .theme select").selectOption(theme);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    assert.deepEqual(found.violations.map((v) => `${v.id} ${v.nodes[0].target}`), [], theme);
  }
}

export async function alexnet_is_played_with_the_keyboard_only_on_a_phone({ open, home }) {
  const page = await open({ viewport: { width: 360, height: 740 }, reducedMotion: "reduce" }, `${home}06-alexnet.html`);
  await play(page, answer_with_keyboard, async (act) => {
    if (act === "act1") {
      await tab_to(page, `${by_id("act1.lens")} .segments input`);
      await page.keyboard.press("ArrowRight");
    } else {
      await tab_to(page, `${by_id("act2.machine")} input[type=range]`);
      for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    }
  });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}
