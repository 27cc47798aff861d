// The explorer: one's own model in the page.
import { mount } from "svelte";
import { apply_theme, theme } from "../page/theme.svelte";
import { start_explorer } from "./engine";
import { Explorer } from "./explorer.svelte";
import Page from "./Explorer.svelte";
import "../style/base.css";
import "./explorer.css";

apply_theme(theme());
mount(Page, { target: document.getElementById("page")!, props: { explorer: new Explorer(start_explorer()) } });
