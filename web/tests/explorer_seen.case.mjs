// What one element of a layer's output sees: chosen by keys, in fields, on the drawing, and by the address.
import assert from "node:assert/strict";
import { check, is_narrow, open_explorer } from "./explorer_steps.mjs";
import { becomes, says, tab_to } from "./steps.mjs";

const row = (page, name) => page.locator(".seen-by tr", { hasText: name }).innerText();

export async function seen_an_element_is_chosen_by_keys_in_fields_and_on_the_drawing({ open, home }) {
  const page = await open_explorer(open, home, "#net=alexnet-d2l&at=Conv-1");
  // 11×11, stride 4, padding 1 on 224: element i sees 4·i − 1 to 4·i + 9.
  await says(() => row(page, "Row"), /107–117\s+11 of 224\s+11$/);
  await tab_to(page, "[data-seen=output]");
  await page.keyboard.press("PageUp");
  await says(() => row(page, "Row"), /0–9\s+10 of 224\s+11$/);
  await page.keyboard.press("ArrowRight");
  await says(() => row(page, "Column"), /111–121/);
  await page.keyboard.press("End");
  await says(() => row(page, "Column"), /211–221/);
  await page.waitForFunction(() => location.hash.includes("element=0%2C53"));
  await page.waitForSelector(".seen-by .beyond");
  await page.getByLabel("Column of the output").fill("12");
  await says(() => row(page, "Column"), /47–57/);
  const box = await page.locator("[data-seen=output] svg").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 5, box.y + box.height + 5, { steps: 4 }); // beyond the corner is the corner
  await page.mouse.up();
  await says(() => row(page, "Row"), /211–221/);
  await page.waitForFunction(() => location.hash.includes("element=53%2C53"));
  await check(page, "an element is chosen");
  // The address opens the same again, and another layer begins in its middle.
  const again = await open_explorer(open, home, new URL(page.url()).hash);
  await becomes(() => again.getByLabel("Row of the output").inputValue(), "53");
  await again.locator("[data-name=treemap]").focus();
  await again.keyboard.press("ArrowRight");
  await becomes(() => again.getByLabel("Row of the output").inputValue(), "27");
  await again.waitForFunction(() => !location.hash.includes("element="));
}

export async function seen_says_where_there_is_no_place_to_choose({ open, home }) {
  const page = await open_explorer(open, home, "#net=mnist");
  await page.locator(".grid-row").nth(1).click();
  await says(() => page.locator(".seen-by").innerText(), /^No input of the network has spatial dimensions \(N, C, then places\)\.$/);
  const whole = await open_explorer(open, home, "#net=alexnet-d2l&at=Linear-21");
  await says(() => whole.locator(".seen-by").innerText(), /Every element sees the same/);
  assert.equal(await whole.locator("[data-seen=output]").count(), 0);
}

export async function seen_fits_a_phone({ open, home }) {
  const page = await open_explorer(open, home, "#net=alexnet-d2l&at=Conv-1&element=0,0", { viewport: { width: 360, height: 780 }, hasTouch: true });
  await says(() => row(page, "Row"), /0–9/);
  await is_narrow(page, "an element is chosen");
}
