// vite.config.ts: the lab of the page as `reckon lab pack` makes it.
declare module "lab-document" {
  const document: import("../lab/contract").LabDocument;
  export default document;
  // Trees of the document's texts, by their Markdown.
  export const trees: Record<string, import("../text/lexer").Node[]>;
}
declare module "lab-files" {
  const files: Record<string, string>;
  export default files;
}
// Vite's own types know an address or an inline worker, not an inline address.
declare module "*?url&inline" {
  const address: string;
  export default address;
}
