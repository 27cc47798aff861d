// The built-in networks in the network language, by name: where the editor begins.
const files = import.meta.glob<string>("../../../networks/*.net", { query: "?raw", import: "default", eager: true });
export const network_texts = new Map(Object.entries(files).map(([path, text]) => [path.replace(/^.*\/|\.net$/g, ""), text]));
