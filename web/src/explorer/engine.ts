// The explorer's engine: that of the labs answers no files. Fetched when this is called, and not before.
import wasm from "../../../build/wasm/explorer.wasm?url";
import { Engine } from "../engine/client";

export const start_explorer = (): Engine => Engine.start(null, null, wasm);
