// Measured and printed, not asserted: they depend on the machine.
import { answer_with_mouse, settled } from "./steps.mjs";
import { said } from "./lab05.mjs";

// The least value that a share q of all do not exceed.
const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * q) - 1)];
const moves = 100;

export async function first_load_and_slider_to_paint_are_measured({ browser, open, url, say }) {
  const loads = [];
  for (let i = 0; i < 5; i++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const from = performance.now();
    await page.goto(url);
    await page.waitForSelector("form.lock button.primary");
    loads.push(performance.now() - from);
    await context.close();
  }
  say(`first load to usable: median ${quantile(loads, 0.5).toFixed(0)} ms, slowest ${Math.max(...loads).toFixed(0)} ms of ${loads.length}`);

  const page = await open();
  await answer_with_mouse(page, "act1.prediction", said["act1.prediction"]);
  await answer_with_mouse(page, "act2.prediction", said["act2.prediction"]);
  await settled(page);
  for (const instrument of await page.locator(".instrument:has(input[type=range])").all()) {
    const id = await instrument.getAttribute("id");
    await instrument.scrollIntoViewIfNeeded();
    const times = await page.evaluate(async ([id, moves]) => {
      const place = document.getElementById(id);
      const slider = place.querySelector("input[type=range]");
      const times = [];
      for (let i = 0; i < moves; i++) {
        const from = performance.now();
        slider.value = String(Number(slider.min) + ((Number(slider.max) - Number(slider.min)) * ((i * 37) % moves)) / moves);
        const drawn = new Promise((resolve) => {
          const seen = new MutationObserver(() => { seen.disconnect(); requestAnimationFrame(() => setTimeout(resolve)); });
          for (const chart of place.querySelectorAll("svg[role=img]")) seen.observe(chart, { subtree: true, attributes: true, childList: true, characterData: true });
          setTimeout(() => resolve("unchanged"), 300);
        });
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        if ((await drawn) === "unchanged") continue;
        times.push(performance.now() - from);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      return times;
    }, [id, moves]);
    say(`${id}: slider to painted chart: median ${quantile(times, 0.5).toFixed(0)} ms, 95 % within ${quantile(times, 0.95).toFixed(0)} ms`);
  }
}
