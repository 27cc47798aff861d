// Pictures of each state for people to look at: light, dark, a phone, a projector, paper. They go to
// screenshots/, which git ignores.  npm run screenshots [-- 06 dark phone]: of some labs, in some looks
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch, open_page } from "./browser.mjs";
import { serve } from "./server.mjs";
import { labs, through_all_states } from "./states.mjs";
import { by_id } from "./steps.mjs";

const dist = process.env.RECKON_DIST ?? fileURLToPath(new URL("../dist", import.meta.url));
const to = process.env.RECKON_SCREENSHOTS ?? fileURLToPath(new URL("../screenshots", import.meta.url));
const kinds = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 },
  projector: { viewport: { width: 1920, height: 1080 } },
  print: { viewport: { width: 794, height: 1123 }, media: "print" },
};
const words = process.argv.slice(2);
const wanted = Object.keys(kinds).filter((kind) => words.includes(kind));
const of_labs = labs.filter((lab) => words.some((word) => !wanted.includes(word) && lab.includes(word)));
const server = await serve(dist);
const browser = await launch();
async function look_at(lab, kind, options) {
  const page = await open_page(browser, `${server.url}${lab}.html`, { ...options, reducedMotion: "reduce" });
  mkdirSync(`${to}/${lab}/${kind}`, { recursive: true });
  let n = 0;
  await through_all_states(page, async (state) => {
    if (options.media) await page.emulateMedia({ media: options.media }); // controls are not there on paper
    const name = `${to}/${lab}/${kind}/${String(++n).padStart(2, "0")}-${state.replace(/[^a-z0-9]+/g, "-")}`;
    if (state === "menu" || state === "dialog") return options.media ? page.emulateMedia({ media: "screen" }) : page.screenshot({ path: `${name}.png` });
    await page.evaluate(() => document.querySelectorAll(".locked-prediction").forEach((e) => (e.style.position = "static")));
    await page.screenshot({ path: `${name}.png`, fullPage: true });
    // The whole page is too tall to be looked at: the parts of the act at hand, at full size.
    const place = /^act\d+ (open|done)|memory|committed/.test(state) ? page.locator(by_id(/^act\d+/.exec(state)?.[0] ?? "act2")) : undefined;
    for (const part of (await place?.locator("section.instrument, .reveal, form").all()) ?? []) {
      const id = (await part.getAttribute("id")) ?? "reveal";
      await part.screenshot({ path: `${name}.${id}.png` });
    }
    if (/done$/.test(state)) await page.locator("section.closing").screenshot({ path: `${to}/${lab}/${kind}/closing.png` });
    if (options.media) await page.emulateMedia({ media: "screen" });
  });
  if (page.problems.length > 0) console.log(lab, kind, page.problems.slice(0, 3));
  await page.context().close();
}
for (const lab of of_labs.length > 0 ? of_labs : labs)
  for (const [kind, options] of Object.entries(kinds)) if (wanted.length === 0 || wanted.includes(kind)) await look_at(lab, kind, options);
await browser.close();
server.close();
