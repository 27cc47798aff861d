// src/engine/latest.ts by itself: no page, no browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { transform } from "esbuild";

const source = readFileSync(new URL("../src/engine/latest.ts", import.meta.url), "utf8");
const { code } = await transform(source, { loader: "ts", format: "esm" });
const { latest } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

// An engine that answers when it is told to.
function slow_engine() {
  const asked = [];
  const ask = (question) => new Promise((resolve, reject) => asked.push({ question, resolve: () => resolve(`answer ${question}`), reject }));
  return { asked, ask };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

export async function of_waiting_questions_only_the_newest_is_asked() {
  const { asked, ask } = slow_engine();
  const answers = [];
  const evaluate = latest(ask);
  for (const question of [1, 2, 3, 4]) void evaluate(question).then((answer) => answers.push([question, answer]));
  await settled();
  assert.deepEqual(asked.map(({ question }) => question), [1]);
  assert.deepEqual(answers, [[2, undefined], [3, undefined]]);
  asked[0].resolve();
  await settled();
  assert.deepEqual(asked.map(({ question }) => question), [1, 4]);
  asked[1].resolve();
  await settled();
  assert.deepEqual(answers.slice(2), [[1, "answer 1"], [4, "answer 4"]]);
  // Nothing waits: the next one is asked at once.
  void evaluate(5);
  assert.equal(asked.length, 3);
}

export async function a_question_that_fails_does_not_hold_up_the_next() {
  const { asked, ask } = slow_engine();
  const evaluate = latest(ask);
  const first = evaluate(1);
  const second = evaluate(2);
  asked[0].reject(new Error("no"));
  await assert.rejects(first, /no/);
  await settled();
  asked[1].resolve();
  assert.equal(await second, "answer 2");
}
