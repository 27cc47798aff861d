// Debian's Chromium under Playwright, and the steps of the lab that every test takes.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const places = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const chromium_path = places.find((path) => path && existsSync(path));

export const launch = () =>
  chromium.launch({
    executablePath: chromium_path,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

// A page whose console errors and policy violations are failures.
export async function open_page(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(String(error)));
  page.problems = problems;
  await page.goto(url);
  await page.waitForSelector("h1", { timeout: 20_000 });
  return page;
}
