// Lab 07 from its first prediction to its ledger, its pictures by pointer and by keyboard, and what they say.
import assert from "node:assert/strict";
import { answer_with_keyboard, answer_with_mouse, axe_finds_nothing, becomes, by_id, paint_times, play_through, says, settled, tab_to } from "./steps.mjs";

const said = {
  "act1.prediction": { reads: "9" }, "act1.padding": { size: "less" }, "act1.groups": { share: "channels" }, "act1.cheaper": { choice: "separable" },
  "act2.prediction": { layers: "20" }, "act2.price": { what: "map" }, "act2.finer": { times: "sixteen" }, "act2.far": { choice: "dilated" },
  "act3.prediction": { means: "both" }, "act3.alone": { answers: "stored" }, "act3.transformer": { means: "tokens" }, "act3.norm_choice": { choice: "group" },
  "act4.prediction": { bits: "7" }, "act4.sparse": { faster: "same" }, "act4.six": { why: "bound" }, "act4.stored": { choice: "relu6" },
  "act5.prediction": { times: "2" }, "act5.why": { why: "starts" }, "act5.always": { how: "two" }, "act5.shape": { choice: "middle" },
};
const place = (lab) => `${lab}07-anatomy-of-layers.html`;
const pick = async (page, instrument, control, value) => {
  await page.locator(`${by_id(instrument)} input[name="${instrument.replace(".", "-")}-${control}"][value="${value}"]`).check();
  await settled(page);
};
const walked = (page, instrument) => page.locator(`${by_id(instrument)} .walked`).innerText();
const note = (page, instrument) => page.locator(`${by_id(instrument)} .note`).innerText();

export async function anatomy_is_played_with_the_mouse_and_axe_finds_nothing({ open, home, say }) {
  const page = await open({ reducedMotion: "reduce" }, place(home));
  const ledger = await play_through(page, said, answer_with_mouse, async (act) => {
    if (act === "act1") {
      // A window of 3 by 3 through four channels; with padding its corner reads 2 by 2 of each, and zeros.
      await says(() => walked(page, "act1.window"), /reads 36 numbers, in all 4 channels/);
      await pick(page, "act1.window", "padding", "1");
      await says(() => walked(page, "act1.window"), /reads 16 numbers and 20 zeros of padding/);
      await pick(page, "act1.window", "groups", "4");
      await says(() => walked(page, "act1.window"), /reads 4 numbers and 5 zeros of padding, in channel 1 only/);
      await says(() => note(page, "act1.window"), /depthwise/);
      const target = page.locator(`${by_id("act1.window")} .touch`).last();
      const box = await target.boundingBox();
      await target.hover({ position: { x: box.width / 2, y: box.height / 2 } });
      await says(() => walked(page, "act1.window"), /channel 4, row 5, column 5 reads 9 numbers, in channel 4 only/);
      // Leaps of two that end before the edge of nine: a kernel of two leaves the last row and column unread.
      for (const [control, value] of [["groups", 1], ["padding", 0], ["stride", 2], ["kernel", 2]]) await pick(page, "act1.window", control, value);
      await says(() => walked(page, "act1.window"), /Hatched places are read by no output/);
      for (const kind of ["transposed", "pool", "linear"]) {
        await pick(page, "act1.window", "kind", kind);
        await says(() => walked(page, "act1.window"), { transposed: /reads 4 numbers/, pool: /in channel \d only/, linear: /reads 324 numbers/ }[kind]);
      }
    } else if (act === "act2") {
      await says(() => note(page, "act2.cone"), /= 9 pixels/);
      const times = await paint_times(page, "act2.cone");
      say(`act2.cone: slider to painted picture: ${times.length} moves, 95 % within ${times[Math.ceil(times.length * 0.95) - 1].toFixed(0)} ms`);
      await pick(page, "act2.cone", "growth", "dilated");
      await page.locator(`${by_id("act2.cone")} .range input[type=number]`).fill("7");
      await settled(page);
      await says(() => note(page, "act2.cone"), /sees 255 pixels: one in the middle sees all 224/);
      await pick(page, "act2.attention", "tokens", "784");
      await says(() => page.locator(`${by_id("act2.attention")} .moved`).innerText(), /16 times for 4 times the tokens/);
    } else if (act === "act4") {
      // By hand: 256 levels up to 40 are 0.157 apart, and 4 lies at the 26th above zero.
      await pick(page, "act4.levels", "bits", "8");
      await page.locator(`${by_id("act4.levels")} .range input[type=number]`).fill("40");
      await says(() => note(page, "act4.levels"), /all 256 levels are spread up to there\. The usual outputs share 27 of them: 4\.7 bits instead of 8/);
      await pick(page, "act4.levels", "activation_choice", "relu6");
      await says(() => note(page, "act4.levels"), /stay between 0 and 6: no input can stretch the range further/);
      await says(() => walked(page, "act4.levels"), /Level 1 of 256 stands for 0: 5\d % of the usual outputs/);
      const times = await paint_times(page, "act4.levels");
      say(`act4.levels: slider to painted picture: ${times.length} moves, 95 % within ${times[Math.ceil(times.length * 0.95) - 1].toFixed(0)} ms`);
    } else if (act === "act5") {
      const bars = page.locator(`${by_id("act5.kernels")} svg[role=img] .kernel`);
      await becomes(() => bars.count(), 3 + 65);
      await says(() => note(page, "act5.kernels"), /21\.7 times as long, 650 µs against 30\.0 µs/);
      await pick(page, "act5.kernels", "at_once", "16384");
      await says(() => note(page, "act5.kernels"), /takes 1\.\d\d times as long\. Its kernels have enough to do/);
      await pick(page, "act5.kernels", "hidden_layers", "2");
      await becomes(() => bars.count(), 3 + 5);
      await says(() => note(page, "act5.kernels"), /is the faster one here/);
    } else {
      await pick(page, "act3.cube", "norm", "batch");
      await says(() => walked(page, "act3.cube"), /Mean 1 of 6 .* over 4 images, 1 channel and 5 places, 20 numbers/);
      await pick(page, "act3.cube", "norm", "group");
      await says(() => walked(page, "act3.cube"), /Mean 1 of 12 .* over 1 image, 2 channels and 5 places, 10 numbers/);
    }
  });
  assert.equal(ledger.far_sight_choice, "dilated");
  assert.equal(ledger.shape_choice, "middle");
  assert.equal(ledger.evidence.computed.layers_to_see_all, 112); // (224 − 1) ÷ 2, rounded up
  assert.equal(ledger.evidence.computed.reads_of_one_output, 576); // 3 · 3 · 64
  await axe_finds_nothing(page);
}

export async function anatomy_is_played_with_the_keyboard_only_on_a_phone({ open, home }) {
  const page = await open({ viewport: { width: 360, height: 740 }, reducedMotion: "reduce" }, place(home));
  const ledger = await play_through(page, said, answer_with_keyboard, async (act) => {
    const [instrument, control] = { act1: ["act1.window", "segments input"], act2: ["act2.cone", "controls input[type=range]"], act3: ["act3.beside", "controls input[type=range]"],
      act4: ["act4.levels", "controls input[type=range]"], act5: ["act5.kernels", "segments input"] }[act];
    await tab_to(page, `${by_id(instrument)} .${control}`);
    await page.keyboard.press("ArrowRight");
    await settled(page);
    if (act !== "act1") return;
    await tab_to(page, `${by_id(instrument)} .walk input`);
    const before = await walked(page, instrument);
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await walked(page, instrument), before);
  });
  assert.equal(ledger.normalisation_choice, "group");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}

export async function anatomy_at_twice_the_size_of_letters_stays_in_its_page({ open, home }) {
  const page = await open({ viewport: { width: 640, height: 900 }, reducedMotion: "reduce" }, place(home));
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  for (const act of ["act1", "act2", "act3", "act4", "act5"]) await answer_with_mouse(page, `${act}.prediction`, said[`${act}.prediction`]);
  await settled(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}
