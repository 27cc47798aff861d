import { by_id, settled } from "./steps.mjs";

// Answers of the tests in this lab: ids of its options, and the width that they find.
export const width = 31975; // by hand: 8W² + 12,840W + 101,792 ≤ 8 GiB, W/2 rounded down
export const device = { laptop: "laptop-8gb", microcontroller: "mcu-256kb" };
export const said = {
  "act1.prediction": {},
  "act1.activation": { choice: "relu" },
  "act2.prediction": { memory: "1200" },
  "act1.sigmoid": { why: "shrinks", kind: "silent" },
  "act2.activations": { why: "chain" },
  "act2.doubling": { factor: "1.07", because: "activations" },
  "act2.shares": { majority: "1558", lead: "1568" },
  "act2.batch": { size: "32" },
};

// What only this lab has: a state that does not fit, and a challenge to commit to. Not all that it can be asked.
export async function more_states(page, act, look) {
  if (act !== "act2") return;
  await page.locator(`${by_id(act)} .segments input[value="${device.microcontroller}"]`).first().check();
  await settled(page);
  await look("out of memory");
  await page.locator(`${by_id(act)} .segments input[value="${device.laptop}"]`).first().check();
  await page.locator(`${by_id(act)} .challenge button.primary`).click();
  await settled(page);
  await look("committed");
}
