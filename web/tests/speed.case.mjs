// Measured and printed, not asserted: they depend on the machine, whose load is printed beside them.
import { loadavg } from "node:os";
import { paint_times, answer_with_mouse, settled } from "./steps.mjs";
import { said } from "./lab05.mjs";
import { labs } from "./states.mjs";

// The least value that a share q of all do not exceed.
const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * q) - 1)];
const ms = (values, q) => `${quantile(values, q).toFixed(0)} ms`;

export async function first_load_and_slider_to_paint_are_measured_in_every_lab({ browser, open, home, say }) {
  for (const lab of labs) {
    const url = `${home}${lab}.html`;
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
    say(`${lab}: first load to usable: median ${ms(loads, 0.5)}, slowest ${ms(loads, 1)} of ${loads.length}; load of the machine ${loadavg()[0].toFixed(1)}`);

    const page = await open({}, url);
    for (const act of await page.$$eval("section.act:has(form.lock)", (all) => all.map((e) => e.id))) {
      await answer_with_mouse(page, `${act}.prediction`, lab === labs[0] ? said[`${act}.prediction`] : {});
    }
    await settled(page);
    for (const instrument of await page.locator(".instrument:has(.controls input[type=range])").all()) {
      const id = await instrument.getAttribute("id");
      const times = await paint_times(page, id, 40);
      if (times.length > 0) say(`${id}: slider to painted chart: median ${ms(times, 0.5)}, 95 % within ${ms(times, 0.95)}, ${times.length} moves`);
    }
    await page.context().close();
  }
}
