// Puts script and style sheet of a build into its HTML, with a content security policy that lets the page run
// what stands in it and reach nothing else; then that page once for each lab, with the lab in it.
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const name_of = (id: string, all: string[]): string => (id === all[0] ? "reckon-lab.html" : `reckon-${id}.html`);

const data_script = (id: string, data: unknown): string => `<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>`;

// `labs` are their documents, trees and files, by id.
// Of index.html a file for each; of reckon.html one with all of them, and `summaries` for its home page.
export function single_file(labs: () => Record<string, unknown>, summaries: (() => unknown) | null = null): Plugin {
  const page = summaries === null ? "index.html" : "reckon.html";
  return {
    name: "single-file",
    enforce: "post",
    config: () => ({ build: { rollupOptions: { output: { inlineDynamicImports: true } } } }),
    generateBundle(_, bundle) {
      const html = bundle[page];
      if (html?.type !== "asset") throw new Error(`single-file: no ${page}`);
      let text = String(html.source);
      const scripts: string[] = [];
      const styles: string[] = [];
      for (const [name, part] of Object.entries(bundle)) {
        // __VITE_PRELOAD__ marks what a dynamic import should fetch before, and is filled in after this:
        // nothing, since everything is here.
        if (part.type === "chunk") scripts.push(part.code.replaceAll("__VITE_PRELOAD__", "void 0").replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--"));
        else if (name.endsWith(".css")) styles.push(String(part.source));
        else continue;
        delete bundle[name];
      }
      if (scripts.length !== 1) throw new Error(`single-file: ${scripts.length} scripts`);
      const script = `\n${scripts[0]}\n`;
      const style = `\n${styles.join("\n")}\n`;
      const policy =
        `default-src 'none'; script-src ${hash(script)} 'wasm-unsafe-eval' blob:; style-src ${hash(style)}; ` +
        "img-src data:; worker-src blob: data:; connect-src data:";
      text = text
        .replace(/<script\b[^>]*\bsrc=[^>]*><\/script>/g, "")
        .replace(/<link\b[^>]*rel="(stylesheet|modulepreload)"[^>]*>/g, "")
        .replace("<head>", () => `<head>\n<meta http-equiv="Content-Security-Policy" content="${policy}">`)
        .replace("</head>", () => `<style>${style}</style>\n</head>`)
        .replace("</body>", () => `<script type="module">${script}</script>\n</body>`);
      delete bundle[page];
      const all = labs();
      if (summaries !== null) {
        const data = [data_script("reckon-labs", summaries()), ...Object.entries(all).map(([id, lab]) => data_script(`reckon-lab-${id}`, lab))].join("\n");
        this.emitFile({ type: "asset", fileName: page, source: text.replace("<body>", () => `<body>\n${data}`) });
        return;
      }
      for (const [id, lab] of Object.entries(all)) {
        const source = text
          .replace('<meta name="reckon-lab" content="">', '<meta name="reckon-lab" content="#">')
          .replace("<body>", () => `<body>\n${data_script("reckon-lab", lab)}`);
        this.emitFile({ type: "asset", fileName: name_of(id, Object.keys(all)), source });
      }
    },
  };
}
