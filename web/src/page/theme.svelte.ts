// Light, dark, or what the system has; kept in the browser, not with the student's work.
export type Theme = "system" | "light" | "dark";
export const themes: Theme[] = ["system", "light", "dark"];
const key = "reckon-lab:theme";

function kept(): Theme {
  try {
    const text = localStorage.getItem(key);
    return themes.find((t) => t === text) ?? "system";
  } catch {
    return "system";
  }
}
const chosen = $state<{ theme: Theme }>({ theme: kept() });
export const theme = (): Theme => chosen.theme;

export function apply_theme(next: Theme): void {
  chosen.theme = next;
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  try {
    localStorage.setItem(key, next);
  } catch {
    // The theme holds for this visit.
  }
}
