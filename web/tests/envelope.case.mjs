// Lab 09 from its first prediction to its ledger, its pictures by pointer and by keyboard, and what they say.
import assert from "node:assert/strict";
import { answer_with_keyboard, answer_with_mouse, axe_finds_nothing, becomes, by_id, paint_times, play_through, says, settled, tab_to } from "./steps.mjs";

const said = {
  "act1.prediction": { networks: "20" }, "act1.why": { why: "weights" }, "act1.neurons": { what: "parameters" }, "act1.better": { choice: "two_parts" },
  "act2.prediction": { left: "power" }, "act2.bound": { say: "neither" }, "act2.cell": { choice: "gates" },
  "act3.prediction": { bytes: "2" }, "act3.grows": { what: "part" }, "act3.fit": { choice: "batch" },
};
const place = (lab) => `${lab}09-back-of-the-envelope.html`;
const pick = async (page, instrument, control, value) => {
  await page.locator(`${by_id(instrument)} input[name="${instrument.replace(".", "-")}-${control}"][value="${value}"]`).check();
  await settled(page);
};
const text = (page, instrument, part) => page.locator(`${by_id(instrument)} ${part}`).innerText();
const told = (say, id, times) => say(`${id}: slider to painted picture: ${times.length} moves, 95 % within ${times[Math.ceil(times.length * 0.95) - 1].toFixed(0)} ms`);

export async function envelope_is_played_with_the_mouse_and_axe_finds_nothing({ open, home, say }) {
  const page = await open({ reducedMotion: "reduce" }, place(home));
  const ledger = await play_through(page, said, answer_with_mouse, async (act) => {
    if (act === "act1") {
      await pick(page, "act1.court", "rule", "training_memory_2bn");
      await says(() => text(page, "act1.court", ".note"), /a factor of two for \d+ of 25/);
      await says(() => text(page, "act1.court", ".walked"), /times too much/); // the boldest first
      await page.locator(`${by_id("act1.court")} .walk input`).focus();
      await page.keyboard.press("End");
      await says(() => text(page, "act1.court", ".walked"), /times too little/);
    } else if (act === "act2") {
      told(say, "act2.pendulum", await paint_times(page, "act2.pendulum"));
      await page.locator(`${by_id("act2.pendulum")} .grab`).scrollIntoViewIfNeeded();
      const plane = await page.locator(`${by_id("act2.pendulum")} .grab`).boundingBox();
      const at = (share) => [plane.x + plane.width * share, plane.y + plane.height / 2];
      await page.mouse.move(...at(0.7));
      await page.mouse.down();
      await page.mouse.move(...at(0.94), { steps: 4 });
      await page.mouse.up();
      await settled(page);
      // 0.44 of the width from the centre, which is 1.25 from the edge: 1.1.
      await says(() => text(page, "act2.pendulum", ".note"), /Beyond the circle/);
      await becomes(() => page.locator(`${by_id("act2.pendulum")} [id="act2-pendulum-radius"] ~ input[type=number]`).inputValue(), "1.1");
      await pick(page, "act2.real", "matrix", "nonnormal");
      await says(() => text(page, "act2.real", ".note"), /Not normal/);
    } else {
      await says(() => text(page, "act3.bill", ".alert"), /does not fit/);
      await pick(page, "act3.bill", "texts", 4);
      assert.equal((await text(page, "act3.bill", ".alert")).trim(), "");
    }
  });
  assert.equal(ledger.cell_choice, "gates");
  assert.equal(ledger.trusted_networks_guess, 20);
  await axe_finds_nothing(page);
}

export async function envelope_is_played_with_the_keyboard_only_on_a_phone({ open, home }) {
  const page = await open({ viewport: { width: 360, height: 740 }, reducedMotion: "reduce" }, place(home));
  const ledger = await play_through(page, said, answer_with_keyboard, async (act) => {
    const [instrument, control] = { act1: ["act1.court", "segments input"], act2: ["act2.pendulum", "controls input[type=range]"], act3: ["act3.bill", "segments input"] }[act];
    await tab_to(page, `${by_id(instrument)} .${control}`);
    await page.keyboard.press(act === "act3" ? "ArrowLeft" : "ArrowRight");
    await settled(page);
  });
  assert.equal(ledger.fine_tuning_choice, "batch");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}

export async function envelope_at_twice_the_size_of_letters_stays_in_its_page({ open, home }) {
  const page = await open({ viewport: { width: 640, height: 900 }, reducedMotion: "reduce" }, place(home));
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  for (const act of ["act1", "act2", "act3"]) await answer_with_mouse(page, `${act}.prediction`, said[`${act}.prediction`]);
  await settled(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}
