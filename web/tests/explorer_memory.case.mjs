// A file that takes more memory than the engine may have: the page says so in a sentence, keeps what was open, and
// opens the next.
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { model, open_explorer, settled, total } from "./explorer_steps.mjs";
import { becomes, says } from "./steps.mjs";

// ONNX: `n` activations one after the other, of one row of eight.
function write_chain(path, n) {
  const number = (value) => {
    const bytes = [];
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
    return Buffer.from([...bytes, value]);
  };
  const field = (id, body) => Buffer.concat([number(id * 8 + 2), number(body.length), body]);
  const int = (id, value) => Buffer.concat([number(id * 8), number(value)]);
  const text = (id, value) => field(id, Buffer.from(value));
  const port = (id, name) => field(id, Buffer.concat([text(1, name), field(2, field(1, Buffer.concat([int(1, 1), field(2, Buffer.concat([field(1, int(1, 1)), field(1, int(1, 8))]))])))]));
  const node = (i) => field(1, Buffer.concat([text(1, String(i)), text(2, String(i + 1)), text(4, "Relu")]));
  const ends = Buffer.concat([text(2, "chain"), port(11, "0"), port(12, String(n))]);
  let n_bytes = ends.length;
  const parts = [];
  for (let i = 0; i < n; i += 50_000) {
    const part = Buffer.concat(Array.from({ length: Math.min(50_000, n - i) }, (_, k) => node(i + k)));
    n_bytes += part.length;
    parts.push(part);
  }
  const file = openSync(path, "w");
  for (const part of [Buffer.concat([int(1, 8), field(8, int(2, 13)), number(7 * 8 + 2), number(n_bytes)]), ...parts, ends]) writeSync(file, part);
  closeSync(file);
}

async function runs_out({ open, home }, n) {
  const folder = mkdtempSync(join(tmpdir(), "reckon-"));
  try {
    write_chain(join(folder, "long.onnx"), n);
    const page = await open_explorer(open, home, "#net=alexnet-d2l&at=Conv-1");
    const choose = async (path) => {
      await page.getByRole("button", { name: "Open …" }).click();
      await page.locator("dialog[open] input[type=file]").setInputFiles(path);
    };
    await choose(join(folder, "long.onnx"));
    await page.waitForSelector(".problem", { timeout: 60_000 });
    await says(() => page.locator(".problem span").innerText(), /had taken \d+ MiB of memory, and was given no more\)\. What was open before is still here\.$/);
    await becomes(() => page.locator("header [role=status]").count(), 0);
    await becomes(() => page.locator("h1").innerText(), "alexnet-d2l");
    await becomes(() => total(page, "Parameters"), "46787978");
    // It answers: what was selected, and another batch.
    await becomes(() => page.locator(".inspector h2").innerText(), "Conv-1");
    await page.getByLabel("Batch, as a number").fill("2");
    await becomes(() => total(page, "MACs"), String(2 * 1005890688));
    assert.equal(await page.locator(".failed-part").count(), 0);
    await choose(model("resnet18.onnx"));
    await becomes(() => total(page, "Parameters"), "11689512");
    await settled(page);
    await becomes(() => page.locator(".problem").count(), 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const memory_runs_out_while_a_file_is_read = (given) => runs_out(given, 4_500_000);
export const memory_runs_out_in_the_first_answer_about_a_file = (given) => runs_out(given, 2_000_000);
