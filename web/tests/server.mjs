// Serves a folder on loopback with the headers that the product's server sends: enough for tests
// where `reckon lab` is not built.
import { spawn } from "node:child_process";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

export const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'";
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json", ".svg": "image/svg+xml" };

export function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    const file = join(folder, path.endsWith("/") ? path + "index.html" : path);
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff" });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() })));
}

// The product's own server where it is built (RECKON_BINARY), else the one above. `folder` may be a lab's.
export function serve_lab(folder) {
  const binary = process.env.RECKON_BINARY;
  if (!binary) return serve(folder);
  return new Promise((resolve, reject) => {
    const server = spawn(binary, ["lab", "--folder", folder, "--port", "0", "--no-open"], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    const read = (text) => {
      said += text;
      const url = /http:\/\/[0-9.:]+\//.exec(said)?.[0];
      if (url) resolve({ url, close: () => server.kill("SIGTERM") });
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("error", reject);
    server.on("exit", () => reject(new Error(`reckon lab ended: ${said}`)));
  });
}
