// The keys that go from one of a list to another: how far, or undefined where a key is none of them.
export function steps_of(event: KeyboardEvent, page = 20): number | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  return { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 }[event.key];
}
