// The files of the lab by name, as they stand in its folder, part of the page.
const found = import.meta.glob<string>("../../../labs/05-neural-computation/*.{toml,net,md}", { eager: true, import: "default" });

export const files: Record<string, string> = Object.fromEntries(
  Object.entries(found).map(([path, text]) => [path.slice(path.lastIndexOf("/") + 1), text]),
);
