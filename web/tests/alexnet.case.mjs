// Lab 06 from its first prediction to its ledger: with the mouse, with the keyboard only, and looked at by axe.
import assert from "node:assert/strict";
import { answer_with_keyboard, answer_with_mouse, axe_finds_nothing, by_id, play_through, settled, tab_to } from "./steps.mjs";

const said = {
  "act1.prediction": { share: "50" }, "act1.reuse": { why: "reuse" },
  "act2.prediction": { batch: "8" }, "act2.streaming": { why: "once" }, "act2.upgrade": { choice: "bandwidth" },
};

async function play(page, answer, move) {
  const ledger = await play_through(page, said, answer, move);
  assert.equal(ledger.linear_share_guess, 50);
  assert.equal(ledger.upgrade_choice, "bandwidth");
  assert.ok(ledger.batch_where_linear_turns > 1);
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
  await axe_finds_nothing(page);
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
