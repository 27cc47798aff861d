// Lab 08 from its first prediction to its ledger, its pictures by pointer and by keyboard, and what they say.
import assert from "node:assert/strict";
import { answer_with_keyboard, answer_with_mouse, axe_finds_nothing, by_id, paint_times, play_through, says, settled, tab_to } from "./steps.mjs";

const said = {
  "act1.prediction": { times: "100" }, "act1.rates": { does: "least" }, "act1.width": { size: "quarter" },
  "act1.words": { neuron: "activation", synapse: "weight", many: "product" },
  "act1.relu": { popular: "slope", weakness: "dead", mended: "below" }, "act1.essay_activations": {},
  "act2.prediction": { peak: "less" }, "act2.training": { why: "backward" },
  "act2.layers": { conv: "window", depthwise: "channel", padding: "size" }, "act2.sight": { what: "inputs", layers: "few" }, "act2.fit": { choice: "pixels" },
  "act3.prediction": { batch: "64" }, "act3.throughput": { latency: "longer" }, "act3.where": { phone: "latency", centre: "throughput" },
  "act3.norm": { role: "steady", cost: "nothing" },
  "act3.serve": { choice: "eight" },
};
const place = (lab) => `${lab}08-what-it-costs.html`;
const pick = async (page, instrument, control, value) => {
  await page.locator(`${by_id(instrument)} input[name="${instrument.replace(".", "-")}-${control}"][value="${value}"]`).check();
  await settled(page);
};
const text = (page, instrument, part) => page.locator(`${by_id(instrument)} ${part}`).innerText();

export async function costs_is_played_with_the_mouse_and_axe_finds_nothing({ open, home, say }) {
  const page = await open({ reducedMotion: "reduce" }, place(home));
  const ledger = await play_through(page, said, answer_with_mouse, async (act) => {
    if (act === "act1") {
      // The rung of DRAM is clicked: 640 ÷ 0.03.
      await page.locator(`${by_id("act1.ladder")} .rung`).last().click();
      await settled(page);
      await says(() => text(page, "act1.ladder", ".note"), /a fetch from DRAM there are 21,333\.3 8-bit additions/);
      await says(() => text(page, "act1.joules", ".note"), /92 % go into moving numbers/);
      for (const [control, value] of [["together", 64], ["what", "mobilenet"]]) await pick(page, "act1.joules", control, value);
      await says(() => text(page, "act1.joules", ".note"), /For once arithmetic is dearer/);
    } else if (act === "act2") {
      await says(() => text(page, "act2.skyline", ".walked"), /Conv-1, 1 of 11: reads 150,528 numbers and writes 290,400.*This is the peak/);
      await pick(page, "act2.skyline", "net", "mobilenet");
      const times = await paint_times(page, "act2.skyline");
      say(`act2.skyline: slider to painted picture: ${times.length} moves, 95 % within ${times[Math.ceil(times.length * 0.95) - 1].toFixed(0)} ms`);
      await pick(page, "act2.skyline", "number_bits", 8);
      await page.locator(`${by_id("act2.skyline")} .range input[type=number]`).fill("224");
      await settled(page);
      await says(() => text(page, "act2.skyline", ".alert"), /1\.44 MiB/);
      await page.locator(`${by_id("act2.skyline")} .range input[type=number]`).fill("96");
      await settled(page);
      assert.equal((await text(page, "act2.skyline", ".alert")).trim(), "");
      const towers = page.locator(`${by_id("act2.skyline")} .touch`);
      await towers.nth(2).hover();
      await says(() => text(page, "act2.skyline", ".walked"), /3 of 64/);
    } else {
      await says(() => text(page, "act3.conveyor", ".alert"), /grows without end/);
      const times = await paint_times(page, "act3.conveyor");
      say(`act3.conveyor: slider to painted picture: ${times.length} moves, 95 % within ${times[Math.ceil(times.length * 0.95) - 1].toFixed(0)} ms`);
      await page.locator(`${by_id("act3.conveyor")} .range input[type=number]`).first().fill("5");
      await settled(page);
      await says(() => text(page, "act3.conveyor", ".note"), /keeps up, just so/);
      await page.locator(`${by_id("act3.conveyor")} button.small`).click();
      await page.waitForTimeout(1500);
      await page.locator(`${by_id("act3.conveyor")} button.small`).click();
    }
  });
  assert.equal(ledger.fit_choice, "pixels");
  assert.equal(ledger.evidence.computed.shortest_wait_batch, 5);
  await axe_finds_nothing(page);
}

export async function costs_is_played_with_the_keyboard_only_on_a_phone({ open, home }) {
  const page = await open({ viewport: { width: 360, height: 740 }, reducedMotion: "reduce" }, place(home));
  const ledger = await play_through(page, said, answer_with_keyboard, async (act) => {
    const [instrument, control] = { act1: ["act1.ladder", "segments input"], act2: ["act2.skyline", "controls input[type=range]"], act3: ["act3.conveyor", "controls input[type=range]"] }[act];
    await tab_to(page, `${by_id(instrument)} .${control}`);
    await page.keyboard.press(act === "act2" ? "ArrowLeft" : "ArrowRight"); // the picture begins at its largest
    await settled(page);
    if (act !== "act2") return;
    await tab_to(page, `${by_id(instrument)} .walk input`);
    const before = await text(page, instrument, ".walked");
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await text(page, instrument, ".walked"), before);
  });
  assert.equal(ledger.serving_choice, "eight");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}

export async function costs_at_twice_the_size_of_letters_stays_in_its_page({ open, home }) {
  const page = await open({ viewport: { width: 640, height: 900 }, reducedMotion: "reduce" }, place(home));
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  for (const act of ["act1", "act2", "act3"]) await answer_with_mouse(page, `${act}.prediction`, said[`${act}.prediction`]);
  await settled(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}
