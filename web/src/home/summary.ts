// What the home page knows of a lab, and how far its student is: read from what the lab's page keeps.
export interface LabSummary {
  id: string;
  chapter: number;
  title: string;
  minutes: [number, number];
  acts: { id: string; title: string; last: string[] }[]; // last: questions after which an act is done
}

export function labs_here(): LabSummary[] {
  const text = document.getElementById("reckon-labs")?.textContent;
  return text ? (JSON.parse(text) as LabSummary[]) : [];
}

export interface Progress {
  done: number; // acts
  begun: boolean;
}

export function progress_of(lab: LabSummary): Progress {
  try {
    const saved = JSON.parse(localStorage.getItem(`reckon-lab:${lab.id}`) ?? "null") as { answers?: Record<string, unknown>; entries?: unknown[] } | null;
    const answers = saved?.answers ?? {};
    const done = lab.acts.filter((act) => act.last.length > 0 && act.last.every((id) => answers[id] !== undefined)).length;
    return { done, begun: Object.keys(answers).length > 0 };
  } catch {
    return { done: 0, begun: false };
  }
}
