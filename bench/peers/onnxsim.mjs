// onnxsim (npm) over one file: usage: node onnxsim.mjs PACKAGE_FOLDER FILE. Prints the seconds
// without start-up. Constant folding is off: it would run the network, which no report needs.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [folder, file] = process.argv.slice(2);
const { simplify } = await import(pathToFileURL(resolve(folder, "node_modules/onnxsim/index.mjs")));
const begin = performance.now();
const { model } = await simplify(await readFile(file), { constantFolding: false });
if (model.length === 0) throw new Error("nothing came back");
console.log((performance.now() - begin) / 1000);
process.exit(0);
