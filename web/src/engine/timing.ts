// The time of a loop that the engine runs: how long a call takes that does `count` of something.
import type { LoopTiming, Question } from "./protocol";

export interface Runs {
  question: Question;
  repeats: number;
  count_key: string | null; // the key of the question that holds the count
  least_ms: number; // the count grows until one run takes this long: browsers round their clocks
}

const most = 1e9;

export async function time_runs(run: (question: Question) => unknown, runs: Runs): Promise<LoopTiming> {
  const { question, repeats, count_key, least_ms } = runs;
  let answer: unknown;
  const once = (n: number): number => {
    const begin = performance.now();
    answer = run(count_key === null ? question : { ...question, [count_key]: n });
    return (performance.now() - begin) / 1000;
  };
  const given = count_key === null ? 1 : Number(question[count_key] ?? 1000);
  let count = Math.max(1, Math.floor(given));
  // The first run compiles and warms up; it is not counted.
  let time_s = once(count);
  while (count_key !== null && time_s * 1000 < least_ms && count < most) {
    const factor = time_s > 0 ? (least_ms / 1000 / time_s) * 1.2 : 16;
    count = Math.min(most, Math.ceil(count * Math.min(16, Math.max(1.2, factor))));
    time_s = once(count);
  }
  const seconds: number[] = [];
  for (let i = 0; i < Math.max(1, repeats); ++i) {
    // Questions of the page go in between.
    await new Promise((resolve) => setTimeout(resolve, 0));
    seconds.push(once(count));
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
