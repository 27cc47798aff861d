// Two builds: the page for a server (dist/index.html and hashed assets), and, with
// --mode single-file, the same page as one file that opens from a disk (dist/reckon-lab.html).
// With --mode fixture the engine is a stand-in of the tests: for work on the look alone.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";
import { single_file } from "./tools/single_file";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Files of a lab are read as text.
const lab_text: Plugin = {
  name: "lab-text",
  enforce: "pre",
  load(id) {
    if (!/\.(toml|net|md)$/.test(id)) return null;
    return `export default ${JSON.stringify(readFileSync(id, "utf8"))};`;
  },
};

export default defineConfig(({ mode }) => {
  const single = mode === "single-file";
  return {
    base: "./",
    plugins: [lab_text, svelte({ compilerOptions: { dev: false } }), ...(single ? [single_file("reckon-lab.html")] : [])],
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
