// The time of a loop that the engine runs: how long a call takes that does `count` of something.
import type { LoopTiming, Question } from "./protocol";

export interface Runs {
  question: Question;
  repeats: number;
  count_key: string | null; // the key of the question that holds the count
  least_ms: number; // the count grows until one run takes this long: browsers round their clocks
  set_up: boolean; // a run prepares something first: the time of a run that counts to 0 is taken off
}

const most = 1e9;

// Questions of the page go in between.
const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

export async function time_runs(run: (question: Question) => unknown, runs: Runs): Promise<LoopTiming> {
  const { question, repeats, count_key, least_ms, set_up } = runs;
  let answer: unknown;
  let set_up_s = 0;
  const once = (n: number): number => {
    const begin = performance.now();
    answer = run(count_key === null ? question : { ...question, [count_key]: n });
    return (performance.now() - begin) / 1000;
  };
  const given = count_key === null ? 1 : Number(question[count_key] ?? 1000);
  let count = Math.max(1, Math.floor(given));
  // The first run compiles and warms up; it is not counted.
  once(count);
  if (set_up && count_key !== null) {
    await pause();
    set_up_s = Math.min(once(0), once(0), once(0));
  }
  let time_s = once(count) - set_up_s;
  while (count_key !== null && time_s * 1000 < least_ms && count < most) {
    await pause();
    const factor = time_s > 0 ? (least_ms / 1000 / time_s) * 1.2 : 16;
    count = Math.min(most, Math.ceil(count * Math.min(16, Math.max(1.2, factor))));
    time_s = once(count) - set_up_s;
  }
  const seconds: number[] = [];
  for (let i = 0; i < Math.max(1, repeats); ++i) {
    await pause();
    seconds.push(Math.max(0, once(count) - set_up_s));
  }
  seconds.sort((a, b) => a - b);
  const at = (share: number) => seconds[Math.round(share * (seconds.length - 1))] ?? 0;
  const ns = (time: number) => (time * 1e9) / count;
  return {
    answer,
    count,
    seconds,
    median_s: at(0.5),
    ns_per_count: { low: ns(at(0)), median: ns(at(0.5)), high: ns(at(1)) },
  };
}
