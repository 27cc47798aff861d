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
