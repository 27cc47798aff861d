// One tab stop for each group of figures; the arrow keys walk inside of it. A group is the closest ancestor that is
// a paragraph's or a table's whole: an instrument, an act's prose, a question, a claim.
const wholes = ".instrument, .reveal, .claims > li, .peek, .question";
const group_of = (figure: Element): Element => figure.closest(wholes) ?? figure.closest(".prose, section, main") ?? document.body;

export function rove(root: HTMLElement): { destroy: () => void } {
  const stops = new WeakMap<Element, Element>(); // the figure of a group that the tab key reaches
  let is_due = false;
  function settle(): void {
    is_due = false;
    const seen = new Set<Element>();
    for (const figure of root.querySelectorAll<HTMLElement>(".figure")) {
      const group = group_of(figure);
      const stop = stops.get(group);
      if (stop === undefined || !stop.isConnected || group_of(stop) !== group) stops.set(group, figure);
      const is_stop = stops.get(group) === figure && !seen.has(group);
      if (is_stop) seen.add(group);
      const index = is_stop ? 0 : -1;
      if (figure.tabIndex !== index) figure.tabIndex = index;
    }
  }
  const soon = (): void => {
    if (is_due) return;
    is_due = true;
    requestAnimationFrame(settle);
  };
  const observer = new MutationObserver(soon);
  observer.observe(root, { childList: true, subtree: true });
  function walk(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const from = event.target;
    if (step === undefined || !(from instanceof HTMLElement) || !from.matches(".figure")) return;
    const all = [...root.querySelectorAll<HTMLElement>(".figure")].filter((f) => group_of(f) === group_of(from) && f.offsetParent !== null);
    const to = all[all.indexOf(from) + step];
    if (to === undefined) return;
    event.preventDefault();
    stops.set(group_of(from), to);
    settle();
    to.focus();
  }
  root.addEventListener("keydown", walk);
  soon();
  return { destroy: () => (observer.disconnect(), root.removeEventListener("keydown", walk)) };
}
