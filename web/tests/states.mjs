import { more_states, said as said_in_05 } from "./lab05.mjs";
import { answer_with_mouse, by_id, settled } from "./steps.mjs";

export const labs = ["05-neural-computation", "06-alexnet", "07-anatomy-of-layers", "08-what-it-costs", "09-back-of-the-envelope", "10-where-time-goes"];

// Goes through every state of the lab that the page shows, and calls `look` in each.
export async function through_all_states(page, look) {
  const is_05 = page.url().includes(labs[0]) || page.url().includes("reckon-lab.html");
  const said = is_05 ? said_in_05 : {};
  const questions = (act, kind) => page.$$eval(`${by_id(act)} form.${kind}:not(.locked)`, (all) => all.map((f) => f.id.replace("question-", "")));
  const acts = await page.$$eval("section.act:has(form.lock)", (all) => all.map((act) => act.id));
  await look("closed");
  for (const act of acts) {
    for (const q of await questions(act, "lock")) await answer_with_mouse(page, q, said[q]);
    await settled(page);
    await look(`${act} open`);
    const slider = page.locator(`${by_id(act)} .controls input[type=range]`);
    await ((await slider.count()) > 0 ? slider : page.locator(`${by_id(act)} .controls input`)).first().focus();
    await page.keyboard.press("ArrowRight");
    await settled(page);
    if ((await page.locator(`${by_id(act)} .reveal-button`).count()) === 0) await page.keyboard.press("ArrowLeft"); // it stood at its end
    if (is_05) await more_states(page, act, look);
    await page.locator(`${by_id(act)} .reveal-button`).click();
    await page.waitForSelector(`${by_id(act)} .reveal p`);
    await look(`${act} revealed`);
    for (const kind of ["answer", "decision"]) for (const q of await questions(act, kind)) await answer_with_mouse(page, q, said[q]);
    await settled(page);
    await look(`${act} done`);
  }
  const textbook = page.locator("header .toggle input");
  if ((await textbook.count()) > 0) await textbook.check();
  for (const summary of await page.locator("main summary").all()) await summary.click();
  await look("all open");
  await page.goto(`${page.url().split("#")[0]}#traceability`);
  await page.waitForSelector(".claims > li");
  await look("claims");
  await page.goto(`${page.url().split("#")[0]}#lab`);
  await page.waitForSelector(by_id(acts[0]));
  await page.getByRole("button", { name: "Menu" }).click();
  await look("menu");
  await page.locator("#menu").getByText("Start over").click();
  await look("dialog");
  await page.getByRole("button", { name: "Keep them" }).click();
}
