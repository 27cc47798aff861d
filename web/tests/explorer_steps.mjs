// What the tests of the explorer share: how it is opened, what is read of it, and what is looked for in every state.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const model = (name) => fileURLToPath(new URL(`../../tests/models/${name}`, import.meta.url));
const wide = { viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" };

export const open_explorer = async (open, home, hash = "", options = {}) => {
  const page = await open({ ...wide, ...options }, `${home}explorer.html${hash}`);
  if (hash.includes("net=") || hash.includes("text=")) await settled(page);
  else await page.waitForSelector(".networks button");
  return page;
};
export const settled = async (page) => {
  await page.waitForSelector(".totals");
  await page.waitForFunction(() => document.querySelectorAll("[data-name] canvas[data-painted]").length >= 3);
};
export const compared = async (page) => {
  await page.waitForSelector(".compare-table, .beside");
  await page.waitForFunction(() => document.querySelector(".compare-line strong"));
};
export const open_comparison = async (open, home, hash, options = {}) => {
  const page = await open({ ...wide, ...options }, `${home}explorer.html${hash}`);
  await compared(page);
  return page;
};
export const total = (page, name) => page.locator(`.totals div:has(dt:text-is("${name}")) dd data`).getAttribute("value");
export const painted = (page) => page.$$eval("[data-name] canvas", (all) => all.map((c) => Number(c.dataset.painted)));
export const drop = async (page, name, bytes) => {
  const data = await page.evaluateHandle(([name, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    return transfer;
  }, [name, bytes.toString("base64")]);
  await page.dispatchEvent("main", "drop", { dataTransfer: data });
};

// Nothing that axe finds, light and dark.
export async function check(page, state) {
  for (const theme of ["light", "dark"]) {
    await page.locator(".theme select").evaluate((e, t) => { e.value = t; e.dispatchEvent(new Event("change", { bubbles: true })); }, theme); // also from behind a dialog
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.failureSummary.split("\n")[1] ?? ""}`).join(" | ")}`), [], `${state}, ${theme}`);
  }
}
// Nothing beyond the right edge.
export async function is_narrow(page, state) {
  const over = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - innerWidth,
    out: [...document.querySelectorAll("main *, header *, dialog[open] *")].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width > 0 && box.right > innerWidth + 1 && !e.closest(".scroll, .grid-body, pre, .visually-hidden, .skip, .editor, [hidden]");
    }).slice(0, 4).map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`),
  }));
  assert.ok(over.wide <= 0 && over.out.length === 0, `${state}: ${over.wide} px too wide: ${over.out.join("; ")}`);
}
