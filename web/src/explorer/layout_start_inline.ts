// The worker stands in the page itself: from a disk a page may load no other file.
import LayoutWorker from "./layout_worker?worker&inline";

export const start_layout = (): Worker => new LayoutWorker();
