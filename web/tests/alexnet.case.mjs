// Lab 06 from its first prediction to its ledger: with the mouse, with the keyboard only, and looked at by axe.
import assert from "node:assert/strict";
import { answer_with_keyboard, answer_with_mouse, axe_finds_nothing, becomes, by_id, play_through, says, settled, tab_to } from "./steps.mjs";

const said = {
  "act1.prediction": { share: "50" }, "act1.reuse": { why: "reuse" },
  "act2.prediction": { batch: "8" }, "act2.streaming": { why: "once" }, "act2.upgrade": { choice: "bandwidth" },
  "act3.prediction": { times: "4" }, "act3.why": { why: "weights" }, "act3.benchmark": { choice: "own" },
  "act4.prediction": { share: "20" }, "act4.jump": { what: "nothing" }, "act4.product": { choice: "balanced" },
  "act5.prediction": { points: "5" }, "act5.overfits": { what: "heart" }, "act5.where": { where: "large" }, "act5.train": { choice: "stopped" },
};

async function play(page, answer, move) {
  const ledger = await play_through(page, said, answer, move);
  assert.equal(ledger.linear_share_guess, 50);
  assert.equal(ledger.upgrade_choice, "bandwidth");
  assert.ok(ledger.batch_where_linear_turns > 1);
  assert.equal(ledger.trained_choice, "stopped");
}

export async function alexnet_is_played_with_the_mouse_and_axe_finds_nothing({ open, home }) {
  const page = await open({ reducedMotion: "reduce" }, `${home}06-alexnet.html`);
  await play(page, answer_with_mouse, async (act) => {
    if (act === "act1") {
      await page.locator(`${by_id("act1.lens")} .segments input[value="macs"]`).check();
      await settled(page);
      await says(() => page.locator(`${by_id("act1.lens")} .note`).innerText(), /95\.7 % belong to the five convolutions/);
    } else if (act === "act4") {
      await says(() => page.locator(`${by_id("act4.split")} .note`).innerText(), /slower, so that it does not/);
      const triangle = page.locator(`${by_id("act4.split")} .grab`);
      await triangle.scrollIntoViewIfNeeded();
      const box = await triangle.boundingBox();
      // 18 % for arithmetic, 79 % for memory: a little above the base, near its left end.
      await page.mouse.move(box.x + box.width * (0.03 + 0.09), box.y + box.height * 0.82);
      await page.mouse.down();
      await page.mouse.up();
      await settled(page);
      await says(() => page.locator(`${by_id("act4.split")} .walked`).innerText(), /18 % for arithmetic, 79 % for memory, 3 % for bandwidth/);
      await says(() => page.locator(`${by_id("act4.split")} .note`).innerText(), /of the weights stay on the chip/);
    } else if (act === "act5") {
      await scrubs_trainings(page);
    } else if (act === "act3") {
      await says(() => page.locator(`${by_id("act3.roof")} .rows`).innerText(), /Times as long/);
      await page.locator(`${by_id("act3.roof")} .range input[type=number]`).first().fill("512");
      await settled(page);
      await says(() => page.locator(`${by_id("act3.roof")} .note`).innerText(), /another network altogether/);
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
      await tab_to(page, `${by_id({ act2: "act2.machine", act3: "act3.roof", act4: "act4.split", act5: "act5.race" }[act])} input[type=range]`);
      for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    }
  });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}

// The table of docs/train.md, made by the program that trained: 97.58 % and 91.21 %, 94.12 % and 89.56 %; 169 J and 35.9 J.
async function scrubs_trainings(page) {
  const race = page.locator(by_id("act5.race"));
  const bill = page.locator(by_id("act5.bill"));
  const marks = (at) => at.locator("svg[role=img] .mark").count();
  await says(() => race.locator(".note").innerText(), /not larger than LeNet's/);
  await becomes(() => marks(race), 2);
  await race.locator(".range input[type=number]").fill("12");
  await says(() => race.locator(".note").innerText(), /97\.6 % right, of new ones 91\.2 %: a gap of 6\.4 points, LeNet's is 4\.6/);
  await becomes(() => marks(race), 24);
  await says(() => race.locator(".rows").innerText(), /168\.7[^]*35\.9/);
  // Dragged back to the fourth epoch of twelve.
  const chart = race.locator(".grab");
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width - 20, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + (box.width * 3.4) / 11.8, box.y + box.height / 2, { steps: 6 });
  await page.mouse.up();
  await becomes(() => race.locator(".range input[type=number]").inputValue(), "4");
  await becomes(() => marks(race), 8);
  // The same bill for both: LeNet's twelve epochs against two, and the budget from which AlexNet is ahead.
  await bill.locator(".range input[type=number]").fill("36");
  await says(() => bill.locator(".note").innerText(), /LeNet is ahead: 89\.56 % after 12 epochs, AlexNet 87\.22 % after 2/);
  await bill.locator(".range input[type=number]").fill("71");
  await says(() => bill.locator(".note").innerText(), /AlexNet is ahead: 89\.65 % after 5/);
}
