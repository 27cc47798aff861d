// Draws on a canvas, or the same into a text of SVG, so that what is on the screen can be taken away. Colours are
// names of the page's own (style/base.css), so that both follow light and dark.
export type Tone = "paper" | "sheet" | "ink" | "soft" | "rule" | "edge" | "accent" | "on-accent" | "tint" | "alarm" | "alarm-tint" | "tone-b" | "tone-c" | "tone-d" | "tone-line" | "none";
export type Colours = Record<Tone, string>;
export interface Stroke { fill?: Tone; line?: Tone; width?: number; dash?: number[]; round?: number; alpha?: number }
export interface Letters { size?: number; bold?: boolean; fill?: Tone; align?: "left" | "center" | "right"; halo?: Tone; upright?: boolean }

export interface Pen {
  rect(x: number, y: number, width: number, height: number, style: Stroke): void;
  circle(x: number, y: number, radius: number, style: Stroke): void;
  path(points: readonly (readonly [number, number])[], style: Stroke, closed?: boolean): void;
  text(x: number, y: number, text: string, style?: Letters): void;
  width_of(text: string, style?: Letters): number;
}

const names: Tone[] = ["paper", "sheet", "ink", "soft", "rule", "edge", "accent", "on-accent", "tint", "alarm", "alarm-tint", "tone-b", "tone-c", "tone-d", "tone-line"];
export function colours_of(element: Element): Colours {
  const style = getComputedStyle(element);
  const colours = { none: "transparent" } as Colours;
  for (const name of names) colours[name] = style.getPropertyValue(`--${name}`).trim();
  return colours;
}
const family = 'Inter, "Source Sans 3", "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif';
const font = ({ size = 12, bold = false }: Letters): string => `${bold ? "600 " : ""}${size}px ${family}`;

export function canvas_pen(context: CanvasRenderingContext2D, colours: Colours): Pen {
  let now = "";
  const set_font = (style: Letters): void => {
    const wanted = font(style);
    if (wanted !== now) context.font = now = wanted;
  };
  const paint = ({ fill, line, width = 1, dash, alpha = 1 }: Stroke): void => {
    context.globalAlpha = alpha;
    if (fill !== undefined && fill !== "none") {
      context.fillStyle = colours[fill];
      context.fill();
    }
    if (line !== undefined && line !== "none") {
      context.strokeStyle = colours[line];
      context.lineWidth = width;
      context.setLineDash(dash ?? []);
      context.stroke();
    }
    context.globalAlpha = 1;
  };
  return {
    rect(x, y, width, height, style) {
      context.beginPath();
      if (style.round) context.roundRect(x, y, width, height, style.round);
      else context.rect(x, y, width, height);
      paint(style);
    },
    circle(x, y, radius, style) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      paint(style);
    },
    path(points, style, closed = false) {
      context.beginPath();
      points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
      if (closed) context.closePath();
      paint(style);
    },
    text(x, y, text, style = {}) {
      set_font(style);
      context.textAlign = style.align ?? "left";
      context.textBaseline = "alphabetic";
      if (style.halo) {
        context.strokeStyle = colours[style.halo];
        context.lineWidth = 3.5;
        context.lineJoin = "round";
        context.setLineDash([]);
        context.strokeText(text, x, y);
      }
      context.fillStyle = colours[style.fill ?? "ink"];
      context.fillText(text, x, y);
    },
    width_of(text, style = {}) {
      set_font(style);
      return context.measureText(text).width;
    },
  };
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
const round = (v: number): string => String(Math.round(v * 100) / 100);

export interface SvgPen extends Pen {
  finish(width: number, height: number, title: string): string;
}
export function svg_pen(colours: Colours): SvgPen {
  const parts: string[] = [];
  const measure = document.createElement("canvas").getContext("2d")!;
  const look = ({ fill = "none", line = "none", width = 1, dash, alpha = 1 }: Stroke): string =>
    ` fill="${fill === "none" ? "none" : colours[fill]}"` +
    (line === "none" ? "" : ` stroke="${colours[line]}" stroke-width="${width}"${dash ? ` stroke-dasharray="${dash.join(" ")}"` : ""}`) +
    (alpha === 1 ? "" : ` opacity="${alpha}"`);
  return {
    rect: (x, y, w, h, style) => void parts.push(`<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, w))}" height="${round(Math.max(0, h))}"${style.round ? ` rx="${style.round}"` : ""}${look(style)}/>`),
    circle: (x, y, r, style) => void parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}"${look(style)}/>`),
    path: (points, style, closed = false) => void parts.push(`<path d="M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join("L")}${closed ? "Z" : ""}"${look(style)}/>`),
    text: (x, y, text, style = {}) =>
      void parts.push(
        `<text x="${round(x)}" y="${round(y)}" font-family="${escape(family)}" font-size="${style.size ?? 12}"${style.bold ? ' font-weight="600"' : ""} fill="${colours[style.fill ?? "ink"]}"` +
          `${style.align && style.align !== "left" ? ` text-anchor="${style.align === "center" ? "middle" : "end"}"` : ""}${style.halo ? ` stroke="${colours[style.halo]}" stroke-width="3.5" paint-order="stroke"` : ""}>${escape(text)}</text>`,
      ),
    width_of(text, style = {}) {
      measure.font = font(style);
      return measure.measureText(text).width;
    },
    finish: (width, height, title) =>
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img"><title>${escape(title)}</title><rect width="100%" height="100%" fill="${colours.sheet}"/>${parts.join("\n")}</svg>\n`,
  };
}

// As much of a text as fits; nothing where that is too little to read.
export function fitted(pen: Pen, text: string, width: number, style: Letters = {}): string {
  if (width < 14) return "";
  if (pen.width_of(text, style) <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (pen.width_of(`${text.slice(0, mid)}…`, style) <= width) low = mid;
    else high = mid - 1;
  }
  return low < 3 ? "" : `${text.slice(0, low)}…`;
}
