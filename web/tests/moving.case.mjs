// What moves: the first picture, a training, a reveal; and labs of other folders, and the home page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { answer_with_keyboard, answer_with_mouse, becomes, by_id, download_by, says, settled, tab_to } from "./steps.mjs";
import { said } from "./lab05.mjs";
import { serve_lab } from "./server.mjs";

const signals = (page) => page.$$eval(".opening .signal", (all) => all.length);

export async function the_first_picture_moves_by_itself_and_stands_where_motion_is_not_wanted({ open }) {
  const page = await open();
  await page.waitForSelector(".opening svg[role=img]", { timeout: 3000 });
  const seen = new Set();
  for (let i = 0; i < 12; i++) {
    seen.add(await signals(page));
    await page.waitForTimeout(120);
  }
  assert.ok(seen.size > 3, `it showed ${[...seen]}`);
  const still = await open({ reducedMotion: "reduce" });
  await still.waitForSelector(".opening .signal");
  const n = await signals(still);
  await still.waitForTimeout(600);
  await becomes(() => signals(still), n);
  assert.equal(n, 40, "every layer of both networks");
}

// In the engine's own test Adam passes 95 % of unseen inputs and SGD stays at a guess.
export async function a_training_plays_and_adam_learns_where_sgd_does_not({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await settled(page);
  const learning = page.locator(by_id("act1.learning"));
  await learning.locator('.segments input[value="relu"]').check();
  await learning.getByRole("button", { name: "Play" }).click();
  const marks = () => learning.locator("svg .mark").count();
  await page.waitForFunction(() => document.querySelectorAll('[id="act1.learning"] svg .mark').length > 20);
  const early = await marks();
  await page.waitForFunction(() => document.querySelector('[id="act1.learning"] .range input[type=number]').value === "600", null, { timeout: 60_000 });
  await settled(page);
  assert.ok((await marks()) > early);
  const note = await learning.locator(".note").innerText();
  assert.match(note, /Adam tells (9\d|100) % of unseen inputs right, SGD [123]\d %/);
}

export async function a_reveal_is_drawn_on_one_scale({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]); // 1,200 KiB
  await settled(page);
  await page.locator("#act2 .segments input").nth(1).check();
  await settled(page);
  await page.locator("#act2 .reveal-button").click();
  const drawing = page.locator("#act2 .reveal svg[role=img]");
  await drawing.waitFor();
  await says(() => drawing.getAttribute("aria-label"), /Your guess, 1,200\.0 KiB, and the answer, 1,832\.4 KiB/);
  await becomes(() => drawing.locator(".gap").count(), 1);
}

// A lab of two questions and a slider, as docs/labs.md describes one: no line of C++ or TypeScript is its own.
export async function a_newcomer_s_lab_runs_from_its_folder({ open, skip }) {
  if (!process.env.RECKON_BINARY) skip("RECKON_BINARY is not set");
  const server = await serve_lab(fileURLToPath(new URL("../../tests/labs/tiny", import.meta.url)));
  try {
    const page = await open({}, server.url);
    await becomes(() => page.locator("h1").innerText(), "How many weights?");
    await answer_with_keyboard(page, "count.prediction", { params: "80" });
    await settled(page);
    await tab_to(page, "#count input[type=range]");
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
    await settled(page);
    // By hand: 12 neurons of 10 inputs have 120 weights and 12 biases.
    await says(() => page.locator("#count .total-line").innerText(), /132/);
    await page.locator("#count .reveal-button").click();
    await says(() => page.locator("#count .reveal p").innerText(), /You said 80; there are 88/);
    await answer_with_mouse(page, "count.ship", { neurons: "12" });
    const { path } = await download_by(page, () => page.locator("#closing button.primary").click());
    assert.equal(JSON.parse(readFileSync(path, "utf8")).neurons, 12);
  } finally {
    server.close();
  }
}

export async function the_home_page_leads_to_the_labs_and_knows_how_far_one_is({ open, home }) {
  const page = await open({}, home);
  await says(() => page.locator(".home-labs").innerText(), /Neural computation/);
  await says(() => page.locator(".home-labs").innerText(), /not begun/);
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axe);
  for (const theme of ["light", "dark"]) {
    await page.locator("header .theme select").selectOption(theme);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    assert.deepEqual(found.violations.map((v) => v.id), [], theme);
  }
  await page.getByRole("link", { name: "Neural computation" }).click();
  await page.waitForSelector("form.lock");
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await page.goBack();
  await page.waitForSelector(".home-labs");
  await says(() => page.locator(".home-labs").innerText(), /0 of 2 acts done/);
}
