// Puts script and style sheet of a build into its HTML, with a content security policy that lets the page run
// what stands in it and reach nothing else; then that page once for each lab, with the lab in it.
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const name_of = (id: string, all: string[]): string => (id === all[0] ? "reckon-lab.html" : `reckon-${id}.html`);

// `labs` are their documents, trees and files, by id.
export function single_file(labs: () => Record<string, unknown>): Plugin {
  return {
    name: "single-file",
    enforce: "post",
    config: () => ({ build: { rollupOptions: { output: { inlineDynamicImports: true } } } }),
    generateBundle(_, bundle) {
      const html = bundle["index.html"];
      if (html?.type !== "asset") throw new Error("single-file: no index.html");
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
      delete bundle["index.html"];
      const all = labs();
      for (const [id, lab] of Object.entries(all)) {
        const data = JSON.stringify(lab).replaceAll("<", "\\u003c");
        const source = text
          .replace('<meta name="reckon-lab" content="">', '<meta name="reckon-lab" content="#">')
          .replace("<body>", () => `<body>\n<script type="application/json" id="reckon-lab">${data}</script>`);
        this.emitFile({ type: "asset", fileName: name_of(id, Object.keys(all)), source });
      }
    },
  };
}
