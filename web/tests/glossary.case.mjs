// The glossary, from the home page and from a lab: its pictures open without an engine, its links lead to instruments.
import assert from "node:assert/strict";
import { axe_finds_nothing, says } from "./steps.mjs";

export async function the_glossary_is_linked_from_every_page_and_shows_its_terms({ open, home }) {
  const page = await open({ reducedMotion: "reduce" }, home);
  await page.getByRole("link", { name: "The glossary" }).click();
  await page.waitForSelector(".glossary");
  assert.ok((await page.locator(".glossary dt").count()) >= 24); // as many terms as the source text has
  for (const summary of await page.locator(".glossary summary").all()) await summary.click();
  await page.waitForFunction(() => document.querySelectorAll(".glossary svg[role=img]").length >= 14);
  await says(() => page.locator("#term-depthwise-convolution .walked").innerText(), /reads 9 numbers, in channel 1 only/);
  await axe_finds_nothing(page);
  for (const href of await page.$$eval(".glossary a", (all) => [...new Set(all.map((a) => a.href))])) {
    const [address, place] = href.split("#");
    const document = await page.evaluate((id) => fetch(`./labs/${id}/document.json`).then((r) => r.json()), /([^/]+)\.html$/.exec(address)[1]);
    const acts = document.document.acts;
    assert.ok([...acts.map((a) => a.id), ...acts.flatMap((a) => a.instruments.map((i) => i.id))].includes(place), `${href} leads nowhere`);
  }
  const lab = await open({ viewport: { width: 360, height: 740 } }, `${home}07-anatomy-of-layers.html`);
  await lab.getByRole("link", { name: "Glossary" }).click();
  await lab.waitForSelector(".glossary");
  assert.ok(await lab.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}
