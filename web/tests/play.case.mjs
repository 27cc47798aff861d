// The whole lab from the first prediction to the ledger: with the mouse, and with the keyboard only.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answer_with_keyboard, answer_with_mouse, by_id, download_by, settled, tab_to } from "./steps.mjs";
import { said, width } from "./lab05.mjs";

function verify(path) {
  try {
    return { ok: true, text: execFileSync(process.env.RECKON_BINARY, ["ledger", "verify", path], { encoding: "utf8", stdio: "pipe" }) };
  } catch (error) {
    return { ok: false, text: `${error.stdout ?? ""}${error.stderr ?? ""}` };
  }
}
function check_ledger(path, skip) {
  const ledger = JSON.parse(readFileSync(path, "utf8"));
  assert.equal(ledger.chapter, 5);
  assert.equal(ledger.activation_choice, said["act1.activation"].choice);
  assert.equal(ledger.max_trainable_width_laptop_gpu, width);
  assert.ok(ledger.evidence.entries.length > 5);
  if (!process.env.RECKON_BINARY) skip("RECKON_BINARY is not set, so the ledger was not verified");
  const whole = verify(path);
  assert.ok(whole.ok, whole.text);
  // One digit of one number in one entry.
  const text = readFileSync(path, "utf8");
  const at = ledger.evidence.entries.findIndex((e) => e.element === "W" && e.value === width);
  assert.ok(at >= 0, "no move to the width is recorded");
  ledger.evidence.entries[at].value = width - 1;
  const edited = join(mkdtempSync(join(tmpdir(), "reckon-")), "edited.json");
  writeFileSync(edited, JSON.stringify(ledger, null, 2));
  const told = verify(edited);
  assert.ok(!told.ok, "an edited ledger was accepted");
  assert.match(told.text, new RegExp(`(entry|entries)[^0-9]*${at + 1}\\b`));
  assert.notEqual(text, JSON.stringify(ledger, null, 2));
}
const questions = (page, act, kind) => page.$$eval(`${by_id(act)} form.${kind}`, (all) => all.map((f) => f.id.replace("question-", "")));

export async function the_lab_is_played_with_the_mouse({ open, skip }) {
  const page = await open();
  for (const act of ["act1", "act2"]) {
    for (const question of await questions(page, act, "lock")) await answer_with_mouse(page, question, said[question]);
    await settled(page);
    const slider = page.locator(`${by_id(act)} input[type=range]`).first();
    const box = await slider.boundingBox();
    await slider.scrollIntoViewIfNeeded();
    await slider.click({ position: { x: box.width * 0.7, y: box.height / 2 } });
    if (act === "act2") {
      const challenge = page.locator(`${by_id(act)} .instrument:has(.challenge)`);
      await challenge.locator(".range input[type=number]").first().fill(String(width));
      await settled(page);
      await challenge.locator(".challenge button.primary").click();
      await challenge.locator(".certificate.accepted").waitFor();
    }
    await page.locator(`${by_id(act)} .reveal-button`).click();
    await page.waitForSelector(`${by_id(act)} .reveal p`);
    for (const question of await questions(page, act, "answer")) await answer_with_mouse(page, question, said[question]);
    for (const question of await questions(page, act, "decision")) await answer_with_mouse(page, question, said[question]);
  }
  await settled(page);
  const { path } = await download_by(page, () => page.locator("#closing button.primary").click());
  check_ledger(path, skip);
}

export async function the_lab_is_played_with_the_keyboard_only({ open, skip }) {
  const page = await open();
  for (const act of ["act1", "act2"]) {
    for (const question of await questions(page, act, "lock")) await answer_with_keyboard(page, question, said[question]);
    await settled(page);
    await tab_to(page, `${by_id(act)} input[type=range]`);
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("PageUp");
    if (act === "act2") {
      await tab_to(page, `${by_id(act)} .instrument:has(.challenge) .range input[type=number]`);
      await page.keyboard.press("Control+a");
      await page.keyboard.type(String(width));
      await settled(page);
      await tab_to(page, ".challenge button.primary");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".certificate.accepted");
    }
    await page.waitForSelector(`${by_id(act)} .reveal-button`);
    await tab_to(page, `${by_id(act)} .reveal-button`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`${by_id(act)} .reveal p`);
    for (const question of await questions(page, act, "answer")) await answer_with_keyboard(page, question, said[question]);
    for (const question of await questions(page, act, "decision")) await answer_with_keyboard(page, question, said[question]);
  }
  await settled(page);
  await tab_to(page, "#closing button.primary");
  const { path } = await download_by(page, () => page.keyboard.press("Enter"));
  check_ledger(path, skip);
}
