// The worker of the layout where a server serves the page; in one file it is layout_start_inline.ts.
export const start_layout = (): Worker => new Worker(new URL("./layout_worker.ts", import.meta.url), { type: "module" });
