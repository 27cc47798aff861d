// Everybody can use it: axe-core in each state, light and dark; a table behind each chart; a phone's
// width and a zoom of 200 %.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { said } from "./lab05.mjs";
import { labs, through_all_states } from "./states.mjs";
import { answer_with_mouse, settled } from "./steps.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function check(page, state) {
  for (const theme of ["light", "dark"]) {
    await page.locator("header .theme select").selectOption(theme);
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
    // Of all rules only that of contrast depends on the theme.
    const options = { resultTypes: ["violations"], ...(theme === "dark" ? { runOnly: ["color-contrast"] } : {}) };
    const found = await page.evaluate((o) => globalThis.axe.run(document, o), options);
    const said_by_axe = found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.failureSummary.split("\n")[1] ?? ""}`).join(" | ")}`);
    assert.deepEqual(said_by_axe, [], `${state}, ${theme}`);
  }
}
async function fits_width(page, state) {
  const over = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const out = [...document.querySelectorAll("main *, header *, footer *")].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width > 0 && box.right > innerWidth + 1 && !e.closest(".scroll, .formula, pre, .visually-hidden, .skip, svg, math, [hidden]");
    });
    // The labels of one axis, one upon the other.
    for (const grid of document.querySelectorAll("main svg .grid")) {
      const labels = [...grid.querySelectorAll("text")].map((e) => ({ e, box: e.getBoundingClientRect() }));
      out.push(...labels.filter((a) => labels.some((b) => a !== b && a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1 && a.box.top < b.box.bottom - 1 && b.box.top < a.box.bottom - 1)).map(({ e }) => e));
    }
    return { wide, out: out.slice(0, 5).map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}: ${(e.textContent ?? "").trim().slice(0, 40)}`) };
  });
  assert.ok(over.wide <= 0 && over.out.length === 0, `${state}: ${over.wide} px too wide; too far right, or labels that overlap: ${over.out.join("; ")}`);
}

const through = async (open, home, options, look) => {
  for (const lab of labs) {
    const page = await open({ reducedMotion: "reduce", ...options }, `${home}${lab}.html`);
    await through_all_states(page, (state) => look(page, `${lab}, ${state}`));
    await page.context().close();
  }
};

export async function axe_finds_nothing_in_any_state_of_any_lab_light_and_dark({ open, home }) {
  await through(open, home, {}, (page, state) => (/dialog$|menu$/.test(state) ? Promise.resolve() : check(page, state)));
}

export async function every_chart_has_an_alternative_and_a_table({ open }) {
  const page = await open();
  for (const act of ["act1", "act2"]) await answer_with_mouse(page, `${act}.prediction`, said[`${act}.prediction`]);
  await settled(page);
  for (const instrument of await page.locator(".instrument").all()) {
    const name = await instrument.getAttribute("id");
    assert.ok((await instrument.locator("svg[role=img]").count()) > 0, `${name} has no chart`);
    for (const chart of await instrument.locator("svg[role=img]").all()) assert.ok((await chart.getAttribute("aria-label")).length > 10, name);
    const tables = instrument.locator(".data-table");
    assert.ok((await tables.count()) > 0, `${name} has no table`);
    for (const table of await tables.all()) {
      await table.locator("summary").click();
      await table.locator("table").waitFor();
      assert.ok((await table.locator("tbody tr").count()) > 0, `${name}: an empty table`);
    }
  }
}

export async function a_phone_loses_nothing_of_any_lab({ open, home }) {
  await through(open, home, { viewport: { width: 360, height: 740 } }, (page, state) => fits_width(page, `360 px, ${state}`));
}
export async function a_zoom_of_200_percent_loses_nothing_of_any_lab({ open, home }) {
  await through(open, home, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }, (page, state) => fits_width(page, `200 %, ${state}`));
}
