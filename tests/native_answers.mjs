// Answers of the native engine, asked by tests/ask.c, for the tests of the engines in WebAssembly.
import { spawnSync } from "node:child_process";

// `asked`: pairs of a model ("" for the questions about none) and a question in JSON. Their answers in order, as
// bytes; "@open" has none. The whole of them is longer than a string may be.
export function* native_answers(ask, asked) {
  const native = spawnSync(ask, {
    input: asked.map(([model, question]) => `${model}\t${question}\n`).join(""),
    maxBuffer: 4 * 2 ** 30,
  });
  if (native.status !== 0) throw new Error(`${ask} ended with ${native.status}: ${native.stderr}`);
  let at = 0;
  for (const [model] of asked) {
    if (model === "@open") {
      yield null;
      continue;
    }
    const end = native.stdout.indexOf(10, at);
    const n_bytes = Number(native.stdout.toString("latin1", at, end));
    yield native.stdout.subarray(end + 1, end + 1 + n_bytes);
    at = end + n_bytes + 2;
  }
  if (at !== native.stdout.length) throw new Error(`${ask} answered something else`);
}

// Where two answers part, for people; null where they are the same.
export function difference(answer, expected) {
  if (answer.equals(expected)) return null;
  let first = 0;
  while (first < answer.length && answer[first] === expected[first]) first += 1;
  const near = (bytes) => bytes.toString("utf8", Math.max(0, first - 60), first + 60);
  return `differs at byte ${first}:\n  native ${near(expected)}\n  wasm   ${near(answer)}`;
}
