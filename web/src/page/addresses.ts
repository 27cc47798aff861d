// The address of another page: a file beside this one on a server; in the file that holds all, itself.
const is_whole = (): boolean => document.querySelector('meta[name="reckon-whole"]') !== null;
export const page_address = (id: string): string => (is_whole() ? `${location.pathname}${id === "index" ? "" : `?${id}`}` : `./${id}.html`);
export { is_whole };
