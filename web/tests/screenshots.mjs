// Pictures of each state for people to look at: light, dark, a phone, a projector. They go to
// screenshots/, which git ignores.  npm run screenshots [-- light dark phone projector]
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch, open_page } from "./browser.mjs";
import { serve } from "./server.mjs";
import { through_all_states } from "./states.mjs";

const dist = process.env.RECKON_DIST ?? fileURLToPath(new URL("../dist", import.meta.url));
const to = process.env.RECKON_SCREENSHOTS ?? fileURLToPath(new URL("../screenshots", import.meta.url));
const kinds = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 },
  projector: { viewport: { width: 1920, height: 1080 } },
  print: { viewport: { width: 794, height: 1123 }, media: "print" },
};
const wanted = process.argv.slice(2);
const server = await serve(dist);
const browser = await launch();
for (const [kind, options] of Object.entries(kinds)) {
  if (wanted.length > 0 && !wanted.includes(kind)) continue;
  const page = await open_page(browser, `${server.url}05-neural-computation.html`, { ...options, reducedMotion: "reduce" });
  mkdirSync(`${to}/${kind}`, { recursive: true });
  let n = 0;
  await through_all_states(page, async (state) => {
    if (options.media) await page.emulateMedia({ media: options.media }); // controls are not there on paper
    const name = `${to}/${kind}/${String(++n).padStart(2, "0")}-${state.replace(/[^a-z0-9]+/g, "-")}`;
    if (state === "menu" || state === "dialog") return options.media ? page.emulateMedia({ media: "screen" }) : page.screenshot({ path: `${name}.png` });
    await page.evaluate(() => document.querySelectorAll(".locked-prediction").forEach((e) => (e.style.position = "static")));
    await page.screenshot({ path: `${name}.png`, fullPage: true });
    // The whole page is too tall to be looked at: its parts, at full size.
    if (/open$|memory|committed|revealed|done|figures/.test(state)) {
      for (const act of await page.locator("section.instrument, .reveal, section.closing").all()) {
        const id = (await act.getAttribute("id")) ?? `reveal-${await act.evaluate((e) => e.closest(".act").id)}`;
        await act.screenshot({ path: `${name}.${id}.png` });
      }
    }
    if (options.media) await page.emulateMedia({ media: "screen" });
  });
  if (page.problems.length > 0) console.log(kind, page.problems.slice(0, 3));
}
await browser.close();
server.close();
