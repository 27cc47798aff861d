// Live training: a small network that learns in the page, on images that are fetched with it.
import { mount } from "svelte";
import wasm from "../../../build/wasm/explorer.wasm?url";
import { Engine } from "../engine/client";
import { apply_theme, theme } from "../page/theme.svelte";
import Live from "./Live.svelte";
import { Runs } from "./runs.svelte";
import "../style/base.css";
import "../style/charts.css";
import "./live.css";

apply_theme(theme());
mount(Live, { target: document.getElementById("page")!, props: { runs: new Runs(Engine.start(null, null, wasm)) } });
