// Lab 10 from its first prediction to its ledger, its pictures by pointer and by keyboard, and what they say.
import assert from "node:assert/strict";
import { answer_with_keyboard, answer_with_mouse, axe_finds_nothing, becomes, by_id, paint_times, play_through, says, settled, tab_to } from "./steps.mjs";

const said = {
  "act1.prediction": { share: "50" }, "act1.upgrade": { faster: "same" }, "act1.pool": { waits: "memory" }, "act1.faster": { choice: "bits" },
  "act2.prediction": { gain: "two" }, "act2.most": { most: "two" }, "act2.hide": { choice: "keep" },
  "act3.prediction": { alive: "32" }, "act3.price": { why: "forward" }, "act3.pay": { choice: "time" },
  "act4.prediction": { share: "5" }, "act4.same": { why: "weights" }, "act4.optimizer": { faster: "much" }, "act4.batch_for": { choice: "many" },
};
const place = (lab) => `${lab}10-where-time-goes.html`;
const pick = async (page, instrument, control, value) => {
  await page.locator(`${by_id(instrument)} input[name="${instrument.replace(".", "-")}-${control}"][value="${value}"]`).check();
  await settled(page);
};
const text = (page, instrument, part) => page.locator(`${by_id(instrument)} ${part}`).innerText();
const told = (say, id, times) => say(`${id}: slider to painted picture: ${times.length} moves, 95 % within ${times[Math.ceil(times.length * 0.95) - 1].toFixed(0)} ms`);

export async function time_is_played_with_the_mouse_and_axe_finds_nothing({ open, home, say }) {
  const page = await open({ reducedMotion: "reduce" }, place(home));
  const ledger = await play_through(page, said, answer_with_mouse, async (act) => {
    if (act === "act1") {
      await says(() => text(page, "act1.roof", ".note"), /left of the ridge of 295/);
      await says(() => text(page, "act1.roof", "table"), /this layer\s+1\s+memory\s+345[^]*ReLU\s+0\.25\s+memory\s+none/);
      const batch = () => page.locator(`${by_id("act1.roof")} .range input[type=number]`).first().inputValue().then(Number);
      await page.locator(`${by_id("act1.roof")} .grab`).scrollIntoViewIfNeeded();
      const roof = await page.locator(`${by_id("act1.roof")} .grab`).boundingBox();
      await page.mouse.move(roof.x + roof.width * 0.25, roof.y + roof.height / 2);
      await page.mouse.down();
      for (let i = 0; i < 12; i++) {
        await page.mouse.move(roof.x + roof.width * (0.3 + i * 0.03), roof.y + roof.height / 2);
        await page.waitForTimeout(60);
      }
      await page.mouse.up();
      await settled(page);
      assert.ok((await batch()) > 8, "the batch follows the layer along the roof");
      told(say, "act1.roof", await paint_times(page, "act1.roof"));
      await page.locator(`${by_id("act1.roof")} [id="act1-roof-max_trainable_width_laptop_gpu"] ~ input[type=number]`).fill("256");
      await settled(page);
      await says(() => text(page, "act1.roof", ".note"), /never reaches the ridge|arithmetic|waits for/);
    } else if (act === "act2") {
      await pick(page, "act2.lanes", "buffers", 2);
      await says(() => text(page, "act2.lanes", ".note"), /hides nothing: a second buffer gains 1\.00×/);
      await page.locator(`${by_id("act2.lanes")} .range input[type=number]`).fill("295");
      await settled(page);
      await says(() => text(page, "act2.lanes", ".note"), /gains most, 1\.78×/); // 16 lengths in 9
      await pick(page, "act2.lanes", "wide", 4096);
      await says(() => text(page, "act2.lanes", ".alert"), /does not fit on the chip/);
    } else if (act === "act4") {
      await says(() => text(page, "act4.clock", ".note"), /The update takes 49 % of the step/);
      await becomes(() => page.locator(`${by_id("act4.clock")} svg[role=img] .kernel`).count(), 21 + 28 + 8);
      await pick(page, "act4.clock", "images", 256);
      await says(() => text(page, "act4.clock", ".note"), /The update takes 2\.9 % of the step: the same/);
      await page.locator(`${by_id("act4.clock")} .walk input`).focus();
      await page.keyboard.press("End");
      await says(() => text(page, "act4.clock", ".walked"), /update, 8 of 8: Linear-21, .* reads and writes every weight/);
    } else {
      await says(() => text(page, "act3.alive", ".alert"), /Over the budget/);
      await pick(page, "act3.alive", "every", 8);
      assert.equal((await text(page, "act3.alive", ".alert")).trim(), "");
      await says(() => text(page, "act3.alive", ".note"), /The lowest skyline: 15 outputs/);
    }
  });
  assert.equal(ledger.checkpoint_choice, "time");
  assert.equal(ledger.evidence.computed.fewest_alive, 15);
  await axe_finds_nothing(page);
}

export async function time_is_played_with_the_keyboard_only_on_a_phone({ open, home }) {
  const page = await open({ viewport: { width: 360, height: 740 }, reducedMotion: "reduce" }, place(home));
  const ledger = await play_through(page, said, answer_with_keyboard, async (act) => {
    const [instrument, control] = { act1: ["act1.roof", "controls input[type=range]"], act2: ["act2.lanes", "controls input[type=range]"], act3: ["act3.alive", "segments input"], act4: ["act4.clock", "segments input"] }[act];
    await tab_to(page, `${by_id(instrument)} .${control}`);
    await page.keyboard.press("ArrowRight");
    await settled(page);
  });
  assert.equal(ledger.buffers_choice, "keep");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}

export async function time_at_twice_the_size_of_letters_stays_in_its_page({ open, home }) {
  const page = await open({ viewport: { width: 640, height: 900 }, reducedMotion: "reduce" }, place(home));
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  for (const act of ["act1", "act2", "act3", "act4"]) await answer_with_mouse(page, `${act}.prediction`, said[`${act}.prediction`]);
  await settled(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}

// A control that is called as a key of another lab's ledger begins at what that ledger says, if it can.
export async function time_begins_at_the_width_of_lab_05({ open, home }) {
  for (const [kept, width] of [['{"max_trainable_width_laptop_gpu":31975}', "31975"], ['{"max_trainable_width_laptop_gpu":1e9}', "4096"], ["[", "4096"]]) {
    const page = await open({ reducedMotion: "reduce" }, home);
    await page.evaluate((text) => localStorage.setItem("reckon-ledgers", text), kept);
    await page.goto(place(home));
    await page.waitForSelector("form.lock");
    await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
    await settled(page);
    await becomes(() => page.locator(`${by_id("act1.roof")} [id="act1-roof-max_trainable_width_laptop_gpu"] ~ input[type=number]`).inputValue(), width);
  }
}
