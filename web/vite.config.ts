// Two builds: the page for a server (dist/index.html and hashed assets), and, with
// --mode single-file, the same page as one file that opens from a disk (dist/reckon-lab.html).
// With --mode fixture the engine is a stand-in of the tests: for work on the look alone.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import type { LabDocument } from "./src/lab/contract";
import { single_file } from "./tools/single_file";
import { trees_of } from "./tools/trees";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// "lab-document" and "lab-files": the lab of this page as `reckon lab pack` makes it. The document,
// with the trees of its texts, is what the page draws first, before its engine has come; the files
// are what the engine opens. RECKON_LAB names the lab's folder below labs/, where there are several.
const program = process.env["RECKON_BINARY"] ?? here("../build/release/apps/cli/reckon");
function lab_folder(): string {
  const asked = process.env["RECKON_LAB"];
  const ids = readdirSync(here("../labs")).filter((id) => existsSync(here(`../labs/${id}/lab.toml`)) && (asked === undefined || id === asked));
  if (ids.length !== 1) throw new Error(`RECKON_LAB must name one folder of labs/; ${ids.length === 0 ? "there is none like it" : `there are ${ids.join(", ")}`}`);
  return here(`../labs/${ids[0]!}`);
}
let packed: { files: unknown; document: LabDocument } | undefined;
const pack = () =>
  (packed ??= JSON.parse(execFileSync(program, ["lab", "pack", lab_folder()], { encoding: "utf8", maxBuffer: 1 << 26 })) as NonNullable<typeof packed>);
const lab_pack = (is_fixture: boolean): Plugin => ({
  name: "lab-pack",
  resolveId: (id) => (id === "lab-document" || id === "lab-files" ? `\0${id}` : null),
  load(id) {
    if (id !== "\0lab-document" && id !== "\0lab-files") return null;
    const is_files = id === "\0lab-files";
    if (is_fixture) return is_files ? "export default {};" : `export { document_ as default } from ${JSON.stringify(here("./tests/fixture.ts"))}; export const trees = {};`;
    const { document, files } = pack();
    const parsed = (value: unknown) => `JSON.parse(${JSON.stringify(JSON.stringify(value))})`;
    if (is_files) return `export default ${parsed(files)};`;
    return `export default ${parsed(document)};\nexport const trees = ${parsed(trees_of(document))};`;
  },
});

// The engine is asked for before any script has run, and steps behind what the first picture needs.
const preload_engine: Plugin = {
  name: "preload-engine",
  enforce: "post",
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((name) => name.endsWith(".wasm"))
        .map((name) => ({ tag: "link", attrs: { rel: "preload", href: `./${name}`, as: "fetch", type: "application/wasm", crossorigin: "", fetchpriority: "low" }, injectTo: "head" as const })),
  },
};

export default defineConfig(({ mode }) => {
  const single = mode === "single-file";
  return {
    base: "./",
    plugins: [lab_pack(mode === "fixture"), ...(single ? [] : [preload_engine]), svelte({ compilerOptions: { dev: false } }), ...(single ? [single_file("reckon-lab.html")] : [])],
    resolve: {
      alias: [
        ...(mode === "fixture" ? [{ find: /^.*\/engine\/client$/, replacement: here("./tests/fixture.ts") }] : []),
        ...(single ? [{ find: /^\.\/parts$/, replacement: here("./src/engine/parts_inline.ts") }] : []),
      ],
    },
    server: { fs: { allow: [here("..")] } },
    // From a disk a browser loads classic workers only.
    worker: { format: single ? ("iife" as const) : ("es" as const) },
    build: {
      target: "es2022",
      emptyOutDir: !single,
      assetsInlineLimit: single ? 100_000_000 : 0,
      cssCodeSplit: false,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4000,
    },
  };
});
