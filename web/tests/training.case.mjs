// The live training: a small network learns on the images that the page fetched, its counted bytes are the ledger's,
// twelve layers of sigmoids learn nothing and twelve of ReLUs do; axe, light and dark; a phone's width.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { check, is_narrow } from "./explorer_steps.mjs";
import { becomes, says } from "./steps.mjs";

const open_training = async (open, home, options = {}) => {
  const page = await open({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce", ...options }, `${home}training.html`);
  await page.waitForFunction(() => !document.querySelector("button[type=submit]").disabled);
  return page;
};
const trained = (page) => page.waitForFunction(() => document.querySelector(".now strong")?.textContent === "Step 600 of 600", null, { timeout: 240_000 });
const figures = (page, run) => page.locator(`[data-run="${run}"] data`).evaluateAll((all) => all.map((d) => Number(d.value)));
const ledger = (page) => page.locator(".ledger tbody tr").evaluateAll((all) => Object.fromEntries(all.map((row) => [row.dataset.line, [...row.querySelectorAll("data")].map((d) => Number(d.value))])));

export async function a_network_learns_and_its_bytes_are_those_of_the_ledger({ open, home }) {
  const page = await open_training(open, home);
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await says(() => page.locator(".state").innerText(), /Go on/);
  await page.getByRole("button", { name: "Go on" }).click();
  await trained(page);
  const [loss, accuracy] = await figures(page, "relu");
  assert.ok(loss < 0.7 && accuracy > 0.75, `${loss}, ${accuracy}`);
  // 109,386 parameters; 32 images of 784 + 128 + 64 + 10 numbers; 8 bytes each.
  const held = await ledger(page);
  assert.deepEqual(held, { weights: [875088, 875088], gradients: [875088, 875088], optimizer: [0, 0], activations: [252416, 252416], total: [2002592, 2002592] });
  if (process.env.RECKON_BINARY) {
    const told = JSON.parse(execFileSync(process.env.RECKON_BINARY, ["memory", "784-128-64-10", "--train", "--policy", "textbook", "--batch", "32", "--format", "json"], { encoding: "utf8" }));
    assert.equal(2 * told.memory.ledger.total_bytes, held.total[0]);
  }
  await page.getByLabel("Optimizer").selectOption("adam");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await becomes(async () => (await ledger(page)).optimizer?.join(), "1750176,1750176");
  await check(page, "trained");
}

export async function twelve_layers_of_sigmoids_learn_nothing_and_of_relus_they_do({ open, home }) {
  const page = await open_training(open, home);
  await page.getByRole("button", { name: "Twelve layers: sigmoid against ReLU" }).click();
  await trained(page);
  const [stuck, guessed] = await figures(page, "sigmoid");
  const [loss, right] = await figures(page, "relu");
  assert.ok(Math.abs(stuck - Math.log(10)) < 0.05 && guessed < 0.2, `${stuck}, ${guessed}`);
  assert.ok(loss < 1 && right > 0.6, `${loss}, ${right}`);
  assert.equal(await page.locator(".ledger").count(), 2);
  for (const differs of await page.locator(".ledger tbody tr td:last-child").allTextContents()) assert.equal(differs, "equal");
  await check(page, "two runs");
}

export async function the_training_fits_a_phone({ open, home }) {
  const page = await open_training(open, home, { viewport: { width: 360, height: 740 } });
  await is_narrow(page, "begin");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.waitForFunction(() => document.querySelector(".now strong")?.textContent !== "Step 0 of 600");
  await page.getByRole("button", { name: "Pause" }).click();
  await is_narrow(page, "running");
}
