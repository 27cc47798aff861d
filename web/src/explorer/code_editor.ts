// CodeMirror for the network language. It stands in a shadow root, whose style sheets are objects: the policy of the
// page lets no script write a <style>.
import { autocompletion, completionKeymap, type CompletionContext } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { EditorView, GutterMarker, drawSelection, gutter, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const statements = ["param", "let", "input", "from", "output", "block", "if", "else", "residual", "shortcut", "parallel", "repeat"];
const layers =
  "conv conv1d conv2d conv3d depthwise deconv linear embedding position_embedding dropout maxpool avgpool adaptive_avgpool global_avgpool global_maxpool batchnorm instancenorm groupnorm lrn layernorm rmsnorm relu relu6 leaky_relu prelu elu celu selu gelu silu hardswish sigmoid hardsigmoid tanh softplus softsign mish softmax log_softmax attention rnn lstm gru add multiply concat flatten identity reshape transpose pad upsample pixel_shuffle select class_token".split(" ");
const known = new Set(layers);

const language = StreamLanguage.define<null>({
  name: "net",
  startState: () => null,
  token(stream) {
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^\d[\d_]*(x\d+)*(\.\d+)?(e-?\d+)?/)) return "number";
    const word = stream.match(/^[A-Za-z_]\w*/) as RegExpMatchArray | null;
    if (word !== null) return statements.includes(word[0]) ? "keyword" : known.has(word[0]) ? "typeName" : stream.match(/^\s*=(?!=)/, false) ? "propertyName" : "variableName";
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: "#" } },
});
const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: tags.typeName, fontWeight: "600" },
  { tag: tags.propertyName, color: "var(--soft)" },
]);
const look = EditorView.theme({
  "&": { height: "100%", fontSize: "0.86rem", backgroundColor: "var(--sheet)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--sheet)", color: "var(--soft)", border: "none", borderRight: "1px solid var(--rule)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--tint)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--tone-b)" },
  ".cm-figures": { minWidth: "7.5rem", borderLeft: "1px solid var(--rule)" },
  ".cm-figures .cm-gutterElement": { padding: "0 0.5rem", textAlign: "right", whiteSpace: "nowrap", fontFamily: "var(--sans)", fontSize: "0.76rem", fontVariantNumeric: "tabular-nums" },
  ".cm-tooltip": { backgroundColor: "var(--sheet)", color: "var(--ink)", border: "1px solid var(--edge)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-line-figures": { padding: "0.25rem 0.5rem", fontFamily: "var(--sans)", fontSize: "0.8rem", fontVariantNumeric: "tabular-nums" },
  ".cm-diagnostic": { fontFamily: "var(--sans)" },
});

class LineFigure extends GutterMarker {
  constructor(readonly text: string, readonly full: string[] = []) {
    super();
  }
  override eq(other: LineFigure): boolean {
    return other.text === this.text && other.full.join() === this.full.join();
  }
  override toDOM(): Text {
    return document.createTextNode(this.text);
  }
}
export interface LineFigures { short: string; full: string[] } // beside the line; under the pointer
const set_figures = StateEffect.define<Map<number, LineFigures>>();
const figures = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update(now, transaction) {
    let next = now.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(set_figures)) {
        const doc = transaction.state.doc;
        next = RangeSet.of([...effect.value].filter(([line]) => line >= 1 && line <= doc.lines).sort((a, b) => a[0] - b[0]).map(([line, { short, full }]) => new LineFigure(short, full).range(doc.line(line).from)));
      }
    return next;
  },
});

// The figures of the line under the pointer, in full.
const hover = hoverTooltip((view, at) => {
  const line = view.state.doc.lineAt(at);
  let told: string[] = [];
  view.state.field(figures).between(line.from, line.from, (_from, _to, marker) => {
    if (marker instanceof LineFigure) told = marker.full;
  });
  if (told.length === 0) return null;
  return {
    pos: line.from, end: line.to,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "cm-line-figures";
      for (const text of told) dom.appendChild(document.createElement("div")).textContent = text;
      return { dom };
    },
  };
});

function complete(context: CompletionContext) {
  const word = context.matchBefore(/[A-Za-z_]\w*/);
  if (word === null && !context.explicit) return null;
  const text = context.state.doc.toString();
  const own = [...text.matchAll(/\b(?:param|let|block)\s+([A-Za-z_]\w*)/g)].map(([, name]) => name!);
  return {
    from: word?.from ?? context.pos,
    options: [
      ...layers.map((label) => ({ label, type: "type" })), ...statements.map((label) => ({ label, type: "keyword" })), ...[...new Set(own)].map((label) => ({ label, type: "variable", boost: 2 })),
    ],
  };
}

export interface CodeEditor {
  text: () => string;
  replace: (text: string) => void;
  tell: (error: { message: string; line: number; column: number } | null) => void;
  show_figures: (by_line: Map<number, LineFigures>) => void;
  focus: () => void;
  destroy: () => void;
}
export function code_editor(host: HTMLElement, text: string, changed: (text: string) => void): CodeEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  let is_told = true; // what the page puts in is not told back to it
  const view = new EditorView({
    root,
    parent: root as unknown as Element,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(), language, syntaxHighlighting(colours), look, lintGutter(), figures, hover,
        gutter({ class: "cm-figures", side: "after", markers: (v) => v.state.field(figures), initialSpacer: () => new LineFigure("") }),
        autocompletion({ override: [complete] }),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, { key: "Escape", run: (v) => (v.contentDOM.blur(), host.focus(), true) }, indentWithTab]),
        // Where text takes the place of several lines, the browser would make elements with styles of their own, which
        // the page's policy forbids.
        EditorView.domEventHandlers({
          beforeinput(event, v) {
            if (event.inputType !== "insertText" || event.data === null || event.isComposing || v.state.selection.main.empty) return false;
            event.preventDefault();
            v.dispatch(v.state.update(v.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true }));
            return true;
          },
        }),
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": "The network, a layer a line. Escape and then Tab leave it." }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && is_told) changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    replace(next) {
      if (next === view.state.doc.toString()) return;
      is_told = false;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      is_told = true;
    },
    tell(error) {
      const doc = view.state.doc;
      if (error === null || error.line < 1 || error.line > doc.lines) return view.dispatch(setDiagnostics(view.state, []));
      const line = doc.line(error.line);
      const from = Math.min(line.to, line.from + Math.max(0, error.column - 1));
      const word = /^\w*/.exec(doc.sliceString(from, line.to))![0].length;
      view.dispatch(setDiagnostics(view.state, [{ from, to: Math.min(line.to, from + Math.max(1, word)), severity: "error", message: error.message }]));
    },
    show_figures: (by_line) => view.dispatch({ effects: set_figures.of(by_line) }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
