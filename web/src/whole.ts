// Everything in one file: home, every lab, the glossary and the explorer. What stands behind the "?" of the address
// says which page it is (reckon.html?explorer); what stands behind the "#" is the page's own, as on a server.
import { mount } from "svelte";
import { show_course } from "./course";
import { start_explorer } from "./explorer/engine";
import { Explorer } from "./explorer/explorer.svelte";
import ExplorerPage from "./explorer/Explorer.svelte";
import { place_in_page } from "./lab/place";
import "./style/base.css";
import page_css from "./style/page.css?inline";
import charts_css from "./style/charts.css?inline";
import explorer_css from "./explorer/explorer.css?inline";

// The explorer's sheet and the labs' say different things of the same elements: a page has its own.
function dress(...texts: string[]): void {
  document.adoptedStyleSheets = texts.map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
}

const wanted = location.search.slice(1);
if (wanted === "explorer") {
  dress(explorer_css);
  mount(ExplorerPage, { target: document.getElementById("page")!, props: { explorer: new Explorer(start_explorer()) } });
} else {
  dress(page_css, charts_css);
  show_course(place_in_page(`reckon-lab-${wanted}`));
}
