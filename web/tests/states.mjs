import { device, said } from "./lab05.mjs";
import { answer_with_mouse, by_id, settled } from "./steps.mjs";

// Goes through every state and calls `look` in each.
export async function through_all_states(page, look) {
  const questions = (act, kind) => page.$$eval(`${by_id(act)} form.${kind}:not(.locked)`, (all) => all.map((f) => f.id.replace("question-", "")));
  await look("closed");
  for (const act of ["act1", "act2"]) {
    for (const q of await questions(act, "lock")) await answer_with_mouse(page, q, said[q]);
    await settled(page);
    await look(`${act} open`);
    const slider = page.locator(`${by_id(act)} input[type=range]`).first();
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await settled(page);
    if (act === "act2") {
      await page.locator(`#act2 .segments input[value="${device.microcontroller}"]`).first().check();
      await settled(page);
      await look("out of memory");
      await page.locator(`#act2 .segments input[value="${device.laptop}"]`).first().check();
      await page.locator("#act2 .challenge button.primary").click();
      await settled(page);
      await look("committed");
    }
    await page.locator(`${by_id(act)} .reveal-button`).click();
    await page.waitForSelector(`${by_id(act)} .reveal p`);
    await look(`${act} revealed`);
    for (const kind of ["answer", "decision"]) for (const q of await questions(act, kind)) await answer_with_mouse(page, q, said[q]);
    await settled(page);
    await look(`${act} done`);
  }
  await page.locator("header .toggle input").check();
  for (const summary of await page.locator("main summary").all()) await summary.click();
  await look("all open, textbook figures");
  await page.goto(`${page.url().split("#")[0]}#traceability`);
  await page.waitForSelector(".claims > li");
  await look("claims");
  await page.goto(`${page.url().split("#")[0]}#lab`);
  await page.waitForSelector("#act1");
  await page.getByRole("button", { name: "Menu" }).click();
  await look("menu");
  await page.locator("#menu").getByText("Start over").click();
  await look("dialog");
  await page.getByRole("button", { name: "Keep them" }).click();
}
