import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The steps of a student, by mouse and by keyboard, for whatever a lab asks: the tests know the
// lab's structure from its own document and type no text of it.
export const by_id = (id) => `[id="${id}"]`;

// The answer to a question (`said`): for a choice the id of an option, for a number its digits.
export async function answer_with_mouse(page, question, said = {}) {
  const form = page.locator(by_id(`question-${question}`));
  for (const group of await form.locator("fieldset.options").all()) {
    const id = (await group.locator("input").first().getAttribute("name")).split("-").at(-1);
    const input = said[id] ? group.locator(`input[value="${said[id]}"]`) : group.locator("input").first();
    await input.check();
  }
  for (const select of await form.locator("select").all()) {
    const id = (await select.getAttribute("id"))?.split("-").at(-1);
    if (id) await select.selectOption(said[id] ? said[id] : { index: 1 });
  }
  for (const input of await form.locator("input[type=number]").all()) await input.fill(said[(await input.getAttribute("id")).split("-").at(-1)] ?? "7");
  for (const area of await form.locator("textarea").all()) await area.fill("Training keeps what inference forgets.");
  await form.locator("button.primary").click();
  await page.waitForSelector(`${by_id(`question-${question}`)}.locked`);
}

// Tab, and nothing else, until the focus is on what is looked for.
export async function tab_to(page, selector, at_most = 500) {
  for (let i = 0; i < at_most; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((s) => document.activeElement?.matches(s) ?? false, selector)) return;
  }
  throw new Error(`Tab does not reach ${selector}`);
}

export async function answer_with_keyboard(page, question, said = {}) {
  const form = by_id(`question-${question}`);
  const fields = await page.$$eval(`${form} fieldset.options input:first-of-type, ${form} select, ${form} input[type=number], ${form} textarea`, (all) => {
    const seen = new Set();
    return all.flatMap((e) => {
      const key = e.type === "radio" ? e.name : e.id;
      if (key === "" || seen.has(key)) return [];
      seen.add(key);
      return [{ kind: e.type === "radio" ? "radio" : e.tagName.toLowerCase(), key }];
    });
  });
  for (const field of fields) {
    const id = field.key.split("-").at(-1);
    if (field.kind === "radio") {
      await tab_to(page, `${form} input[name="${field.key}"]`);
      await page.keyboard.press("Space");
      for (let i = 0; said[id] && i < 12; i++) {
        if (await page.evaluate((v) => document.activeElement.value === v && document.activeElement.checked, said[id])) break;
        await page.keyboard.press("ArrowDown");
      }
    } else {
      await tab_to(page, by_id(field.key));
      if (field.kind === "select") {
        await page.keyboard.press("ArrowDown");
        for (let i = 0; said[id] && i < 12; i++) {
          if (await page.evaluate((v) => document.activeElement.value === v, said[id])) break;
          await page.keyboard.press("ArrowDown");
        }
      } else await page.keyboard.type(field.kind === "textarea" ? "Keys are enough." : said[id] ?? "1200");
    }
  }
  await tab_to(page, `${form} button.primary`);
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${form}.locked`);
}

// Waits until the page shows what the engine says about its last state.
export const settled = (page) => page.waitForFunction(() => document.querySelector(".waiting") === null).then(() => page.waitForTimeout(500));

export async function download_by(page, act) {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

// A lab from its first prediction to its ledger: `said` holds the answers, act by act, and `move` uses an act's
// instruments. What the student takes home, verified by the program where there is one.
export async function play_through(page, said, answer, move) {
  for (const act of new Set(Object.keys(said).map((q) => q.split(".")[0]))) {
    await answer(page, `${act}.prediction`, said[`${act}.prediction`]);
    await settled(page);
    await move(act);
    await settled(page);
    await page.locator(`${by_id(act)} .reveal-button`).click();
    await page.waitForSelector(`${by_id(act)} .reveal p`);
    for (const question of Object.keys(said).filter((q) => q.startsWith(`${act}.`) && !q.endsWith(".prediction"))) await answer(page, question, said[question]);
  }
  await settled(page);
  const { path } = await download_by(page, () => page.locator("#closing button.primary").click());
  if (process.env.RECKON_BINARY) execFileSync(process.env.RECKON_BINARY, ["ledger", "verify", path]);
  return JSON.parse(readFileSync(path, "utf8"));
}

export async function axe_finds_nothing(page) {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  for (const theme of ["light", "dark"]) {
    await page.locator("header .theme select").selectOption(theme);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    assert.deepEqual(found.violations.map((v) => `${v.id} ${v.nodes[0].target}`), [], theme);
  }
}

// A slider's every value that a drag over it passes, and how long each takes until its picture is painted.
export async function paint_times(page, instrument, moves = 60) {
  await page.locator(by_id(instrument)).scrollIntoViewIfNeeded();
  return page.evaluate(async ([id, moves]) => {
    const place = document.getElementById(id);
    const slider = place.querySelector(".controls input[type=range]");
    const times = [];
    for (let i = 0; i < moves; i++) {
      const from = performance.now();
      slider.value = String(Number(slider.min) + ((Number(slider.max) - Number(slider.min)) * ((i * 37) % moves)) / moves);
      const drawn = new Promise((resolve) => {
        const seen = new MutationObserver(() => { seen.disconnect(); requestAnimationFrame(() => setTimeout(() => resolve(true))); });
        for (const chart of place.querySelectorAll("svg[role=img]")) seen.observe(chart, { subtree: true, attributes: true, childList: true, characterData: true });
        setTimeout(() => resolve(false), 500);
      });
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      if (await drawn) times.push(performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return times.sort((a, b) => a - b);
  }, [instrument, moves]);
}

// The page answers when it can: what is read is asked again until it holds, for ten seconds at most,
// and then asserted once more, so that a failure tells what stood there.
async function waited(read, check) {
  for (const until = performance.now() + 10_000; performance.now() < until; await new Promise((next) => setTimeout(next, 50))) {
    try {
      return check(await read());
    } catch (error) {
      if (!(error instanceof assert.AssertionError)) throw error;
    }
  }
  check(await read());
}

export const says = (read, pattern, why) => waited(read, (text) => assert.match(text, pattern, why));
export const becomes = (read, value, why) => waited(read, (got) => assert.equal(got, value, why));
