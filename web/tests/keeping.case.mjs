// The student's work: in other tabs, in files, in links; and what is refused.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { answer_with_mouse, becomes, download_by, says, settled } from "./steps.mjs";
import { said } from "./lab05.mjs";

const key = "reckon-lab:05-neural-computation";
const menu = async (page, name) => {
  await page.getByRole("button", { name: "Menu" }).click();
  return page.locator("#menu").getByText(name);
};
const import_text = async (page, text) => {
  await page.locator(".file input").setInputFiles({ name: "state.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await page.waitForSelector("dialog[open] #notice");
  const notice = await page.locator("#notice").innerText();
  await page.locator("dialog button.primary").click();
  return notice;
};

export async function another_tab_goes_on_where_this_one_is({ open, url }) {
  const page = await open();
  const other = await page.context().newPage();
  await other.goto(url);
  await other.waitForSelector("h1");
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await other.waitForSelector("#act1 .locked-prediction");
  await other.close();
}

export async function state_goes_out_and_in_and_damaged_files_are_refused({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await settled(page);
  const { path } = await download_by(page, async () => (await menu(page, "Export state")).click());
  const text = readFileSync(path, "utf8");
  await (await menu(page, "Start over")).click();
  await page.getByRole("button", { name: "Delete and start over" }).click();
  await page.waitForSelector(".locked-prediction", { state: "detached" });
  await import_text(page, text);
  await page.waitForSelector("#act1 .locked-prediction");

  const kept = await page.evaluate((k) => localStorage.getItem(k), key);
  const state = JSON.parse(text);
  const damaged = {
    "cut off": text.slice(0, text.length / 2),
    "no JSON": "not a file of ours",
    "foreign": JSON.stringify({ name: "something else" }),
    "null": "null",
    "another version": JSON.stringify({ ...state, schema: 2 }),
    "another lab": JSON.stringify({ ...state, lab: "06-other" }),
    "a control out of range": JSON.stringify({ ...state, controls: { W: 1e99 } }),
    "an unknown control": JSON.stringify({ ...state, controls: { nonsense: 1 } }),
    "an impossible answer": JSON.stringify({ ...state, answers: { "act1.prediction": { ratio: "<b>" } } }),
    "an answer to no question": JSON.stringify({ ...state, answers: { "act9.prediction": {} } }),
    "an entry without time": JSON.stringify({ ...state, entries: [{ kind: "move", element: "W", value: 1 }] }),
    "prototypes": text.replace('"controls": {', '"controls": {"__proto__": 1, "constructor": 2,'),
  };
  for (const [what, content] of Object.entries(damaged)) {
    const notice = await import_text(page, content);
    assert.match(notice, /Nothing was changed\.$/, `${what}: ${notice}`);
    assert.ok(notice.length > 30, what);
    await becomes(() => page.evaluate((k) => localStorage.getItem(k), key), kept, what);
  }
  // A damaged state in the browser's own storage does not stop the page.
  await page.evaluate((k) => localStorage.setItem(k, '{"format":"reckon-lab-state","schema":1'), key);
  await page.reload();
  await page.waitForSelector(".problem");
  assert.ok(await page.locator("#act1 form.lock").isVisible());
}

export async function a_link_carries_the_state_and_overwrites_nothing_unasked({ open, url }) {
  const page = await open();
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await settled(page);
  await (await menu(page, "Link with this state")).click();
  const link = await page.locator("#state-link").inputValue();
  assert.ok(link.length < 8200, `${link.length} characters`);
  await page.locator("dialog button", { hasText: "Close" }).click();

  const fresh = await open({}, link);
  await fresh.waitForSelector("#act1 .locked-prediction");
  assert.ok(!fresh.url().includes("state="));

  const begun = await open();
  await answer_with_mouse(begun, "act2.prediction", said["act2.prediction"]);
  await begun.goto(link.replace(/^[^#]*/, url));
  await begun.waitForSelector("dialog[open]");
  await begun.getByRole("button", { name: "Keep mine" }).click();
  assert.ok(await begun.locator("#act2 .locked-prediction").isVisible());
  await becomes(() => begun.locator("#act1 .locked-prediction").count(), 0);
  await begun.goto(`${url}#state=AAAA`);
  await begun.waitForSelector("dialog[open] #notice");
  await says(() => begun.locator("#notice").innerText(), /damaged.*kept/s);
}
