import type { DesignLedger } from "../lab/contract";
import type { Work } from "../lab/work.svelte";
import { download } from "./download";

export async function download_ledger(work: Work): Promise<void> {
  const ledger: DesignLedger = await work.ledger();
  download(work.lab.ledger.file_name, JSON.stringify(ledger, null, 2) + "\n");
}
