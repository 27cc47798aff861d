// Everything in one file, from a disk, without a server and without a network: home, a lab, the glossary, the explorer.
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { said } from "./lab05.mjs";
import { answer_with_mouse, becomes, says, settled } from "./steps.mjs";

export async function one_file_holds_all_labs_and_the_explorer({ open, dist, skip, say }) {
  const path = `${dist}/reckon.html`;
  if (!existsSync(path)) skip("dist/reckon.html is not built");
  say(`reckon.html: ${statSync(path).size.toLocaleString("en-US")} bytes`);
  assert.ok(statSync(path).size < 5_000_000);
  const page = await open({ offline: true }, pathToFileURL(path).href);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.locator('.home-labs a[href$="?05-neural-computation"]').click();
  await page.waitForSelector("#act2");
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]);
  await settled(page);
  assert.ok((await page.locator("#act2 .instrument svg[role=img]").count()) > 3);
  await page.getByRole("link", { name: "All labs" }).click();
  await says(() => page.locator(".home-labs").textContent(), /Chapter 5/);
  await page.getByRole("link", { name: "The glossary" }).click();
  await page.waitForSelector(".glossary dt");
  await page.getByRole("link", { name: "All labs" }).click();
  await page.getByRole("link", { name: "The explorer" }).click();
  await page.locator(".networks button", { hasText: "resnet18" }).click();
  await becomes(() => page.locator(".totals data").first().getAttribute("value"), "11689512");
  await page.locator("#tab-graph").click();
  await says(() => page.locator("[data-name=graph]").getAttribute("aria-label"), /70 nodes/);
  await page.waitForFunction(() => document.querySelector("[data-layout-ms]").dataset.layoutMs !== ""); // by its worker
  await page.locator("#tab-text").click();
  await page.waitForSelector(".editor .cm-content");
  await page.getByRole("link", { name: "Reckon", exact: true }).click();
  await page.waitForSelector(".home-labs");
  assert.deepEqual(asked.filter((url) => /^https?:/.test(url) || (url.startsWith("file:") && !url.includes("reckon.html"))), []);
}
