// The rows of a long table that are in view: those, and a few on either side, are drawn.
export class RowsInView {
  body = $state<HTMLElement>(); // that scrolls, under a head of one row
  scrolled = $state(0);
  tall = $state(400);
  height = $state(26); // of a row, in pixels
  readonly from: number = $derived.by(() => Math.max(0, Math.min(this.count() - 1, Math.floor(this.scrolled / this.height) - 4)));
  readonly to: number = $derived.by(() => Math.min(this.count(), Math.ceil((this.scrolled + this.tall) / this.height) + 4));

  // In a component.
  constructor(private readonly count: () => number) {
    $effect(() => {
      this.height = Math.round(1.62 * parseFloat(getComputedStyle(document.documentElement).fontSize));
    });
  }
  get page(): number {
    return Math.max(1, Math.floor(this.tall / this.height) - 2);
  }
  show(index: number): void {
    if (!this.body || index < 0) return;
    const top = index * this.height;
    if (top < this.body.scrollTop) this.body.scrollTop = top;
    else if (top + 2 * this.height > this.body.scrollTop + this.body.clientHeight) this.body.scrollTop = top + 2 * this.height - this.body.clientHeight;
  }
}
