// Five builds: the pages for a server (dist/index.html, a page for each lab, and hashed assets); with --mode explorer
// and --mode training, the explorer and the live training beside them, which share no file with the labs, so that their first load stays
// what it is; with --mode whole, everything in one file that opens from a disk (dist/reckon.html); and, with --mode
// single-file, each lab as one (dist/reckon-lab.html and its siblings).
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { lab_pages, read_labs, summary_of, type PackedLab } from "./tools/labs";
import { single_file } from "./tools/single_file";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const program = process.env["RECKON_BINARY"] ?? here("../build/release/apps/cli/reckon");
let packed: Record<string, PackedLab> | undefined;
const labs = () => (packed ??= read_labs(here("../labs"), program));

// The engine is asked for before any script has run, and steps behind what the first picture needs.
const preload_engine = (name: string): Plugin => ({
  name: "preload-engine",
  enforce: "post",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => file.endsWith(".wasm") && file.includes(`/${name}-`))
        .map((file) => ({ tag: "link", attrs: { rel: "preload", href: `./${file}`, as: "fetch", type: "application/wasm", crossorigin: "", fetchpriority: "low" }, injectTo: "head" as const })),
  },
});

// The page in one file has the worker and the WebAssembly in it, the latter compressed.
const in_one_file = [
  { find: /^\.\/layout_start$/, replacement: here("./src/explorer/layout_start_inline.ts") },
  { find: /^\.\/parts$/, replacement: here("./src/engine/parts_inline.ts") },
  { find: /^(.*\/build\/wasm\/\w+\.wasm)\?url$/, replacement: "$1.gz?url&inline" },
];

export default defineConfig(({ mode }) => {
  const whole = mode === "whole";
  const single = mode === "single-file" || whole;
  const beside = mode === "explorer" || mode === "training";
  return {
    base: "./",
    plugins: [svelte({ compilerOptions: { dev: false } }), ...(beside ? [preload_engine("explorer")] : whole ? [single_file(labs, () => Object.values(labs()).map(summary_of))] : single ? [single_file(labs)] : [preload_engine("reckon"), lab_pages(labs)])],
    resolve: { alias: single ? in_one_file : [] },
    server: { fs: { allow: [here("..")] } },
    // From a disk a browser loads classic workers only.
    worker: { format: single ? ("iife" as const) : ("es" as const) },
    build: {
      target: "es2022",
      emptyOutDir: !single && !beside,
      ...(whole ? { rollupOptions: { input: here("./reckon.html") } } : {}),
      ...(beside ? { rollupOptions: { input: here(`./${mode}.html`) } } : {}),
      assetsInlineLimit: single ? 100_000_000 : 0,
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4000,
    },
  };
});
