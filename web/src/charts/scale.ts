// Scales and ticks of an axis. Formatting only: every value that is drawn is the engine's.
import type { Axis } from "../lab/contract";

export interface Tick { value: number; label: string }
export interface Scale {
  at: (value: number) => number; // clamped to the range
  ticks: Tick[];
}

const superscript = (n: number) =>
  String(n).replace("-", "⁻").replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]!);

export function number_text(v: number): string {
  if (v === 0) return "0";
  const size = Math.abs(v);
  if (size >= 1e15 || size < 1e-4) {
    const [mantissa, exponent] = v.toExponential(2).split("e");
    return `${mantissa!.replace("-", "−")} × 10${superscript(Number(exponent))}`;
  }
  return v.toLocaleString("en-US", { maximumSignificantDigits: Math.max(4, String(Math.trunc(size)).length) }).replace("-", "−");
}

const binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
export function bytes_text(v: number): string {
  const power = v < 1 ? 0 : Math.min(binary.length - 1, Math.floor(Math.log2(v) / 10));
  return `${number_text(Number((v / 1024 ** power).toPrecision(3)))} ${binary[power]}`;
}
// Seconds and joules, in thousandths of thousandths where they are small.
export function small_text(v: number, unit: string): string {
  const power = v === 0 ? 0 : Math.min(3, Math.max(0, Math.ceil(-Math.log10(v) / 3)));
  return `${number_text(Number((v * 1000 ** power).toPrecision(3)))} ${["", "m", "µ", "n"][power]}${unit}`;
}
const decimal = ["", "k", "M", "G", "T", "P", "E"];
export function count_text(v: number, unit: string): string {
  const power = Math.abs(v) < 1 ? 0 : Math.min(decimal.length - 1, Math.floor(Math.log10(Math.abs(v)) / 3));
  return `${number_text(Number((v / 1000 ** power).toPrecision(3)))} ${decimal[power]}${unit}`.trim();
}
export function percent_text(share: number): string {
  return `${number_text(Number((100 * share).toPrecision(share < 0.001 ? 1 : 2)))} %`;
}
// Where a logarithmic axis of positive values begins: at a whole power below the least, which then has a length.
export function log_floor(values: number[], unit: string): number {
  const least = Math.min(...values.filter((v) => v > 0), Infinity);
  if (!Number.isFinite(least)) return 1;
  const base = unit === "bytes" ? 32 : 10;
  return base ** (Math.ceil(Math.log(least) / Math.log(base)) - 1);
}
export function tick_text(v: number, unit: string, scale: Axis["scale"]): string {
  if (unit === "bytes") return bytes_text(v);
  if (unit === "seconds") return small_text(v, "s");
  if (unit === "joules") return small_text(v, "J");
  if (unit !== "" && unit !== "×") return count_text(v, "");
  if (scale === "log" && v > 0 && (v < 0.01 || v > 9999)) return `10${superscript(Math.round(Math.log10(v)))}`;
  return number_text(v);
}

export function scale_of(kind: Axis["scale"], domain: [number, number], range: [number, number], unit = "", wanted = 5): Scale {
  const [low, high] = domain;
  const map = (t: number) => range[0] + Math.max(0, Math.min(1, t)) * (range[1] - range[0]);
  if (kind === "log") {
    const a = Math.log2(low);
    const b = Math.log2(high);
    let values = unit === "bytes" ? powers(2, 5, a, b, wanted) : powers(10, 1, a / Math.log2(10), b / Math.log2(10), wanted);
    if (unit !== "bytes" && values.length < 3) {
      const decades = powers(10, 1, Math.floor(a / Math.log2(10)), b / Math.log2(10), 99);
      const inside = (v: number) => v >= low && v <= high;
      values = decades.filter(inside);
      if (values.length < 3) values = decades.flatMap((d) => [d, 2 * d, 5 * d]).filter(inside);
    }
    return {
      at: (v) => map(v <= 0 ? 0 : (Math.log2(v) - a) / (b - a || 1)),
      ticks: values.map((value) => ({ value, label: tick_text(value, unit, kind) })),
    };
  }
  const step = nice_step((high - low) / wanted, unit === "bytes");
  const ticks: Tick[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) ticks.push({ value: i * step, label: tick_text(i * step, unit, kind) });
  return { at: (v) => map((v - low) / (high - low || 1)), ticks };
}

function powers(base: number, grain: number, from: number, to: number, wanted: number): number[] {
  const step = grain * Math.max(1, Math.ceil((to - from) / wanted / grain));
  const values: number[] = [];
  for (let e = Math.ceil(from / step - 1e-9) * step; e <= to + 1e-9; e += step) values.push(base ** e);
  return values;
}
function nice_step(rough: number, is_bytes: boolean): number {
  if (!(rough > 0)) return 1;
  if (is_bytes) return 2 ** Math.round(Math.log2(rough));
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = rough / power;
  return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}
