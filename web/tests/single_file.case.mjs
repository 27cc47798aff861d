// The page in one file, from a disk, without a server and without a network.
import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { answer_with_mouse, settled } from "./steps.mjs";
import { said } from "./lab05.mjs";
import { labs } from "./states.mjs";

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

export async function every_lab_in_one_file_is_under_two_and_a_half_megabytes({ dist, say }) {
  const files = readdirSync(dist).filter((file) => /^reckon-(lab|\d\d-.*)\.html$/.test(file));
  assert.equal(files.length, labs.length);
  const sizes = files.map((file) => statSync(`${dist}/${file}`).size);
  say(`largest of ${files.length}: ${Math.max(...sizes)} bytes`);
  assert.ok(Math.max(...sizes) < 2_500_000);
}
