// Two things that a reader switches on: measuring on this machine, and the textbook's figures.
import assert from "node:assert/strict";
import { said } from "./lab05.mjs";
import { answer_with_mouse, becomes, by_id, says, settled } from "./steps.mjs";

export async function measure_here_times_every_activation({ open }) {
  const page = await open();
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await settled(page);
  const cards = page.locator("#act1 .card");
  const times = () => cards.locator(".measured dd").allTextContents();
  assert.ok((await times()).every((text) => text.includes("not measured")), "nothing is measured before it is asked for");
  await page.getByRole("button", { name: /^Measure here/ }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("#act1 .card .measured dd")].every((e) => /\d ns/.test(e.textContent)), null, { timeout: 30_000 });
  for (const text of await times()) {
    // An evaluation takes between a tenth of a cycle and some thousands, at any clock of this decade.
    const ns = Number(/([\d.,e+-]+) ns/.exec(text)[1].replaceAll(",", ""));
    assert.ok(ns > 0.01 && ns < 10_000, `${text}: ${ns} ns`);
  }
  await says(() => cards.first().locator(".measured dd").textContent(), /× ReLU/);
  await says(() => page.locator("#act1").innerText(), /Measured here: .*Sigmoid takes [\d.]+ ×/);
  const before = await times();
  await page.reload();
  await page.waitForSelector("#act1 .card");
  assert.deepEqual(await times(), before, "what was measured is kept");
}

export async function textbook_figures_come_go_and_are_kept({ open }) {
  const page = await open();
  for (const act of ["act1", "act2"]) await answer_with_mouse(page, `${act}.prediction`, said[`${act}.prediction`]);
  await settled(page);
  const books = page.locator("main .textbook");
  const control = page.locator("header .toggle input");
  await becomes(() => books.count(), 0, "the book is silent until asked");
  const ours = await page.locator(`${by_id("act2.ledger")} .total-line strong`).first().textContent();
  await control.check();
  assert.ok((await books.count()) >= 4, "cards and ledger name the book's figures");
  const line = page.locator(`${by_id("act2.ledger")} .total-line`);
  // By hand: 4 · 109,386 parameters · 4 bytes, as LAB05 has it: 1,709.2 KiB; ours stays beside it.
  await says(() => line.textContent(), /the textbook says\s*1,70\d/);
  assert.ok((await line.textContent()).includes(ours), "our own figure stays");
  await page.reload();
  await settled(page);
  assert.ok(await control.isChecked(), "the choice is kept");
  assert.ok((await books.count()) >= 4);
  await control.uncheck();
  await becomes(() => books.count(), 0);
}
