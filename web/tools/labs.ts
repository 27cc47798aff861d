// The labs of a build, as `reckon lab pack` makes them: each has a page of its own, ID.html, beside its document
// (with the trees of its texts, so that the page draws itself without the lexer) and the files that its engine
// opens. index.html, the home page, has the list of them.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import type { Plugin } from "vite";
import type { LabDocument } from "../src/lab/contract";
import type { LabSummary } from "../src/home/summary";
import type { Node } from "../src/text/lexer";
import { trees_of } from "./trees";

export interface PackedLab {
  document: LabDocument;
  trees: Record<string, Node[]>;
  files: Record<string, string>;
}

// RECKON_LABS names some of the folders, RECKON_BINARY the program.
export function read_labs(folder: string, program: string): Record<string, PackedLab> {
  const wanted = process.env["RECKON_LABS"]?.split(",");
  const ids = readdirSync(folder).filter((id) => existsSync(`${folder}/${id}/lab.toml`) && (wanted === undefined || wanted.includes(id))).sort();
  if (ids.length === 0) throw new Error(`there is no lab in ${folder}`);
  return Object.fromEntries(ids.map((id) => {
    const text = execFileSync(program, ["lab", "pack", `${folder}/${id}`], { encoding: "utf8", maxBuffer: 1 << 26 });
    const { document, files } = JSON.parse(text) as Omit<PackedLab, "trees">;
    return [document.id, { document, trees: trees_of(document), files }];
  }));
}

export const summary_of = ({ document }: PackedLab): LabSummary => ({
  id: document.id, chapter: document.chapter, title: document.title, minutes: document.minutes,
  acts: document.acts.map((act) => ({ id: act.id, title: act.title, last: [...act.decisions, ...act.reflections].filter((q) => !q.optional).map((q) => q.id) })),
});

const head = (html: string, id: string): string =>
  html
    .replace('<meta name="reckon-lab" content="">', `<meta name="reckon-lab" content="./labs/${id}/">\n<link rel="preload" href="./labs/${id}/document.json" as="fetch" crossorigin>`);
const home = (html: string, labs: PackedLab[]): string =>
  html
    .replace(/<link rel="preload"[^>]*wasm[^>]*>/, "") // no engine is asked on the home page
    .replace("<body>", () => `<body>\n<script type="application/json" id="reckon-labs">${JSON.stringify(labs.map(summary_of)).replaceAll("<", "\\u003c")}</script>`);

export function lab_pages(labs: () => Record<string, PackedLab>): Plugin {
  const part_of = (path: string): string | null => {
    const [, id, part] = /^\/labs\/([^/]+)\/(document|files)\.json/.exec(path) ?? [];
    const lab = id === undefined ? undefined : labs()[id];
    if (lab === undefined) return null;
    return JSON.stringify(part === "files" ? lab.files : { document: lab.document, trees: lab.trees });
  };
  return {
    name: "lab-pages",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const index = bundle["index.html"];
        if (index?.type !== "asset") return;
        const html = String(index.source);
        for (const [id, lab] of Object.entries(labs())) {
          this.emitFile({ type: "asset", fileName: `${id}.html`, source: head(html, id).replace("<title>Reckon labs</title>", `<title>${lab.document.title} · Reckon</title>`) });
          for (const part of ["document", "files"]) this.emitFile({ type: "asset", fileName: `labs/${id}/${part}.json`, source: part_of(`/labs/${id}/${part}.json`)! });
        }
        index.source = home(html, Object.values(labs()));
      },
    },
    // While the page is worked on, /?ID is the lab's.
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const text = part_of(request.url ?? "");
        if (text === null) return next();
        response.setHeader("Content-Type", "application/json");
        response.end(text);
      });
    },
    transformIndexHtml: (html, context) => {
      const id = new URL(context.originalUrl ?? "/", "http://x").search.slice(1);
      if (context.server === undefined) return html;
      return id === "" ? home(html, Object.values(labs())) : head(html, id);
    },
  };
}
