// The alarm comes and goes where the arithmetic says, and the challenge knows its answer.
import assert from "node:assert/strict";
import { answer_with_mouse, becomes, by_id, says, settled } from "./steps.mjs";
import { device, said, width } from "./lab05.mjs";

const ledger_of = (page) => page.locator("#act2 .instrument:has(.total-line)").first();
const pick = async (page, instrument, value) => {
  await instrument.locator(`.segments input[value="${value}"]`).first().check();
  await settled(page);
};

export async function out_of_memory_appears_and_clears_on_the_microcontroller({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]);
  await settled(page);
  const ledger = ledger_of(page);
  await becomes(() => ledger.locator(".alert svg").count(), 0);
  await pick(page, ledger, device.microcontroller);
  await says(() => ledger.locator(".alert").innerText(), /OOM: Training infeasible on this device\./);
  await becomes(() => ledger.locator(".alert").getAttribute("aria-live"), "polite");
  await pick(page, ledger, device.laptop);
  await becomes(() => ledger.locator(".alert svg").count(), 0);
}

export async function the_laptop_s_wall_stands_after_31975({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]);
  await settled(page);
  const challenge = page.locator("#act2 .instrument:has(.challenge)");
  const number = challenge.locator(".range input[type=number]").first();
  await number.fill(String(width + 1));
  await settled(page);
  await says(() => challenge.locator(".fits").innerText(), /does not fit/);
  await becomes(() => challenge.locator(".alert svg").count(), 1);
  await challenge.locator(".challenge button.primary").click();
  await challenge.locator(".certificate").waitFor();
  await becomes(() => challenge.locator(".certificate.accepted").count(), 0);
  assert.doesNotMatch(await challenge.innerText(), /31,975|31975/, "a wrong commitment is not told the answer");
  await number.fill(String(width));
  await settled(page);
  await says(() => challenge.locator(".fits").innerText(), /✓ fits/);
  await becomes(() => challenge.locator(".alert svg").count(), 0);
  await challenge.locator(".challenge button.primary").click();
  await challenge.locator(".certificate.accepted").waitFor();
  const text = await challenge.locator(".certificate").innerText();
  // 8W² + 12,840W + 101,792 for even W; by hand for both sides of 8 GiB = 8,589,934,592 B.
  assert.match(text, /8,589,7\d\d,\d\d\d|8,589,8\d\d,\d\d\d|8,589,9[0-3]\d,\d\d\d/, "the bytes of the largest width");
  assert.match(text, /8,590,\d\d\d,\d\d\d/, "the bytes of one more");
  void by_id;
}

// As if the engine were newer than the page.
export async function an_instrument_that_the_page_does_not_know_says_so({ browser, url }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("**/document.json", async (route) => {
    const response = await route.fetch();
    const script = (await response.text()).replaceAll('"type":"regions"', '"type":"orrery"');
    const { "content-encoding": _, "content-length": __, ...headers } = response.headers(); // decoded, and of another length
    await route.fulfill({ response, headers, body: script });
  });
  await page.goto(url);
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]);
  const problem = page.locator("#act2 .instrument .problem");
  await says(() => problem.innerText(), /cannot draw an instrument of the type “orrery”/);
  await becomes(() => page.locator("#act2 .instrument:has(.problem) svg[role=img]").count(), 0);
  await context.close();
}
