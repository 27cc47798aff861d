// The origin of a figure: one small note for the whole page, beside the figure that is pointed
// at or has the focus. Escape closes it.
import type { Figure } from "../lab/contract";

export interface Origin { figure: Figure; left: number; top: number; above: boolean }
const shown = $state<{ origin: Origin | null }>({ origin: null });

export const origin = () => shown.origin;

export function show_origin(at: HTMLElement, figure: Figure): void {
  const box = at.getBoundingClientRect();
  const above = box.bottom > innerHeight - 140;
  const width = Math.min(352, innerWidth - 32);
  const left = Math.max(16, Math.min(box.left, innerWidth - width - 16));
  shown.origin = { figure, left: left + scrollX, top: (above ? box.top : box.bottom) + scrollY, above };
}
export function hide_origin(): void {
  shown.origin = null;
}
