// The page in one file, from a disk, without a server and without a network.
import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { answer_with_mouse, settled } from "./steps.mjs";
import { said } from "./lab05.mjs";

export async function one_file_works_from_a_disk({ open, dist, skip, say }) {
  const path = `${dist}/reckon-lab.html`;
  if (!existsSync(path)) skip("dist/reckon-lab.html is not built");
  say(`reckon-lab.html: ${statSync(path).size} bytes`);
  assert.ok(statSync(path).size < 2_500_000);
  const page = await open({ offline: true }, pathToFileURL(path).href);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]);
  await settled(page);
  assert.ok((await page.locator("#act2 .instrument svg[role=img]").count()) > 3);
  assert.deepEqual(asked.filter((url) => /^(https?|file):/.test(url)), []);
}
