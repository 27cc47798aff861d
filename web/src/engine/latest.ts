// A slider asks faster than anybody can look. Of the questions of one kind at most one is being
// answered and at most one waits: a newer one takes the place of the one that waits, which is then
// answered with undefined. Answers come in the order of the questions, and the newest question is
// always answered.
//
//   const evaluate = latest((question: EvaluateQuestion) => engine.lab<Evaluation>(question));
//   const evaluation = await evaluate(question);
//   if (evaluation !== undefined) show(evaluation);

export type Latest<Q, A> = (question: Q) => Promise<A | undefined>;

export function latest<Q, A>(ask: (question: Q) => Promise<A>): Latest<Q, A> {
  let busy = false;
  let waiting: { question: Q; resolve: (value: A | undefined | PromiseLike<A>) => void } | null = null;

  function begin(question: Q): Promise<A> {
    busy = true;
    const answer = ask(question);
    const next = () => {
      busy = false;
      if (waiting === null) return;
      const { question: newest, resolve } = waiting;
      waiting = null;
      resolve(begin(newest));
    };
    answer.then(next, next);
    return answer;
  }

  return (question) => {
    if (!busy) return begin(question);
    waiting?.resolve(undefined);
    return new Promise((resolve) => {
      waiting = { question, resolve };
    });
  };
}
