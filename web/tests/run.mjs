// Plays the lab in a headless Chromium, against what `npm run build` made.
//
//   npm test            all of it
//   npm test -- locks   the files whose names contain a word
//
// RECKON_BINARY   the command-line program: its server serves the page, and it verifies ledgers
// RECKON_DIST     another folder than dist
// CHROMIUM        another browser than the distribution's
//
// Exit status 1 when a test fails or none is run, 77 when one was skipped and none failed.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium_path, launch, open_page } from "./browser.mjs";
import { serve_lab } from "./server.mjs";

export class Skipped extends Error {}

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = process.env.RECKON_DIST ?? fileURLToPath(new URL("../dist", import.meta.url));
const wanted = process.argv.slice(2);

if (!chromium_path) {
  console.log("skipped: no Chromium here (apt-get install chromium, or set CHROMIUM)");
  process.exit(77);
}
if (!existsSync(`${dist}/index.html`)) {
  console.error("There is no page yet: npm run build");
  process.exit(1);
}

const server = await serve_lab(dist);
const lab_url = `${server.url}05-neural-computation.html`;
const browser = await launch();
const count = { passed: 0, failed: 0, skipped: 0 };
for (const file of readdirSync(here).filter((f) => f.endsWith(".case.mjs") && (wanted.length === 0 || wanted.some((w) => f.includes(w)))).sort()) {
  for (const [name, test] of Object.entries(await import(`./${file}`))) {
    const pages = [];
    const open = async (options = {}, url = lab_url) => {
      const page = await open_page(browser, url, options);
      pages.push(page);
      return page;
    };
    const from = performance.now();
    const tell = (mark, more = "") => console.log(`${mark} ${name.replaceAll("_", " ")} (${((performance.now() - from) / 1000).toFixed(1)} s)${more}`);
    try {
      await test({ open, browser, dist, url: lab_url, home: server.url, skip: (why) => { throw new Skipped(why); }, say: (line) => console.log(`    ${line}`) });
      const problems = pages.flatMap((page) => page.problems);
      if (problems.length > 0) throw new Error(`the console says: ${problems.join("; ")}`);
      count.passed++;
      tell("ok  ");
    } catch (error) {
      if (error instanceof Skipped || error?.constructor?.name === "Skipped") {
        count.skipped++;
        tell("skip", `: ${error.message}`);
      } else {
        count.failed++;
        tell("FAIL", `\n${error.stack}`);
        const page = pages.at(-1);
        if (page && process.env.RECKON_SCREENSHOTS) await page.screenshot({ path: `${process.env.RECKON_SCREENSHOTS}/${name}.png`, fullPage: true }).catch(() => {});
      }
    }
    for (const page of pages) await page.context().close().catch(() => {});
  }
}
await browser.close();
server.close();
console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
if (count.passed + count.failed + count.skipped === 0) console.error("no test was run");
process.exit(count.failed > 0 || count.passed + count.skipped === 0 ? 1 : count.skipped > 0 ? 77 : 0);
