// What the editor of a typed network tells: completions, the figures of a line beside it and, under the pointer, in full.
import { open_explorer } from "./explorer_steps.mjs";
import { becomes, says } from "./steps.mjs";

export async function explorer_completes_words_and_tells_a_line_under_the_pointer({ open, home }) {
  const page = await open_explorer(open, home, "#net=mnist&view=text");
  const text = page.locator(".cm-content");
  await text.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("input 784\nlinear 100\nrelu\nlin");
  await says(() => page.locator(".cm-tooltip-autocomplete").textContent(), /linear/);
  await page.keyboard.press("Enter");
  await page.keyboard.type(" 10\n");
  // 784 · 100 + 100 and 784 · 100; 100 · 10 + 10 and 100 · 10.
  await says(() => page.locator(".cm-figures").textContent(), /78\.5 k par · 78\.4 kMAC/);
  const line = await page.locator(".cm-line", { hasText: "linear 100" }).boundingBox();
  await page.mouse.move(line.x + 20, line.y + line.height / 2, { steps: 3 });
  await says(() => page.locator(".cm-line-figures").textContent(), /1×784 → 1×10078,500 parameters78,400 MAC, 156,900 FLOP/);
  await page.mouse.move(line.x + 20, 5);
  await becomes(() => page.locator(".cm-line-figures").count(), 0);
}
