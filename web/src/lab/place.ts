// Where the lab of this page is: in two files that its head names, or, of the page in one file, in the page.
import type { Node } from "../text/lexer";
import type { LabDocument } from "./contract";

export interface Place {
  document: () => Promise<{ document: LabDocument; trees: Record<string, Node[]> }>;
  files: () => Promise<Record<string, string>>;
}

async function fetched<T>(address: string): Promise<T> {
  const response = await fetch(new URL(address, document.baseURI));
  if (!response.ok) throw new Error(`The lab could not be loaded: ${response.status} ${response.statusText}.`);
  return (await response.json()) as T;
}

// Null where the page holds no such lab.
export function place_in_page(id: string): Place | null {
  const text = document.getElementById(id)?.textContent;
  if (!text) return null;
  const whole = JSON.parse(text) as { document: LabDocument; trees: Record<string, Node[]>; files: Record<string, string> };
  return { document: () => Promise.resolve(whole), files: () => Promise.resolve(whole.files) };
}

// Null on the home page. A lab that a server was given has no trees: its texts are lexed in the page.
export function place_of_lab(): Place | null {
  const at = document.querySelector<HTMLMetaElement>('meta[name="reckon-lab"]')?.content ?? "";
  if (at === "") return null;
  if (at === "#") return place_in_page("reckon-lab");
  return {
    document: async () => {
      const { document, trees } = await fetched<{ document: LabDocument; trees?: Record<string, Node[]> }>(`${at}document.json`);
      return { document, trees: trees ?? {} };
    },
    files: () => fetched(`${at}files.json`),
  };
}
