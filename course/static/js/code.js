// The YAML editor: CodeMirror in a shadow root over the textarea, which keeps the text for the form.
// Loaded after the page; until then, and wherever it cannot be, the textarea is all there is.

const theme = (cm) => cm.EditorView.theme({
  "&": { fontSize: ".92rem", backgroundColor: "var(--surface)", color: "var(--text)", minBlockSize: "28rem", maxBlockSize: "70dvh" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)", paddingBlock: "8px" },
  ".cm-cursor": { borderInlineStartColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--muted)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--edge) 12%, transparent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--focus) 28%, transparent)" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--edge)", borderRadius: "8px", maxInlineSize: "36rem", fontFamily: "var(--sans)" },
  ".cm-diagnostic-error": { borderInlineStart: "4px solid var(--bad)", padding: "6px 10px" },
});

const colours = ({ HighlightStyle, tags }) => HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: "var(--k2)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.string, tags.attributeValue], color: "var(--k1)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--k3)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--muted)" },
]);

/** Puts the editor over `area`. `changed` is called after each change; the result marks lines that are wrong. */
export function mount(cm, area, label, changed) {
  const { EditorState, EditorView } = cm;
  const host = document.createElement("div");
  host.className = "code";
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: area.value,
      extensions: [
        cm.lineNumbers(), cm.lintGutter(), cm.history(), cm.drawSelection(), cm.highlightSpecialChars(),
        cm.highlightActiveLine(), cm.highlightActiveLineGutter(), cm.indentOnInput(), cm.bracketMatching(), cm.closeBrackets(),
        cm.indentUnit.of("  "), cm.yaml(), cm.syntaxHighlighting(colours(cm)), theme(cm),
        EditorState.readOnly.of(area.readOnly), EditorView.editable.of(!area.readOnly),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true", role: "textbox", spellcheck: "false", dir: "ltr", tabindex: "0" }),
        // Tab moves on, as everywhere on the page; indenting is Ctrl+] and Ctrl+[.
        cm.keymap.of([...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.historyKeymap, ...cm.lintKeymap]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          changed();
        }),
      ],
    }),
  });
  area.before(host);
  area.closest(".paper").classList.add("coded");
  area.addEventListener("focus", () => view.focus());
  return {
    mark(problems) {
      const doc = view.state.doc;
      const marks = problems.map(({ line, words }) => {
        const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
        return { from, to, severity: "error", message: words };
      });
      view.dispatch(cm.setDiagnostics(view.state, marks));
    },
    go(line) {
      const place = view.state.doc.line(Math.min(line, view.state.doc.lines));
      view.dispatch({ selection: { anchor: place.from }, scrollIntoView: true });
      view.focus();
    },
  };
}
