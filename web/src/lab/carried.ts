// From lab to lab: what a student's ledger says is kept under its keys, and a control of another lab that is called as
// a key begins there. The browser's storage is not trusted: what the control could not have is left aside.
import type { Controls, DesignLedger, LabDocument } from "./contract";
import { is_value_of } from "./saved";

const place = "reckon-ledgers";

function kept(): Record<string, unknown> {
  try {
    const all = JSON.parse(localStorage.getItem(place) ?? "{}") as unknown;
    return typeof all === "object" && all !== null && !Array.isArray(all) ? (all as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function carry(lab: LabDocument, ledger: DesignLedger): void {
  const keys = lab.ledger.keys.filter((key) => ledger[key] !== null && ledger[key] !== undefined);
  try {
    localStorage.setItem(place, JSON.stringify({ ...kept(), ...Object.fromEntries(keys.map((key) => [key, ledger[key]])) }));
  } catch {
    // A browser that keeps nothing: the other lab begins at its own default.
  }
}

export function carried_to(lab: LabDocument): Controls {
  const all = kept();
  return Object.fromEntries(lab.controls.flatMap((control) => {
    const value = Object.hasOwn(all, control.id) ? all[control.id] : undefined;
    return is_value_of(control, value) ? [[control.id, value]] : [];
  }));
}
