// The editor of code: CodeMirror, set up for Python. The build makes one file of it and of
// what it imports.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands"
import { python } from "@codemirror/lang-python"
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language"
import { EditorState, Prec } from "@codemirror/state"
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view"
import { tags } from "@lezer/highlight"

// The colours of the page's own code, which follow its scheme.
const colour = (name) => `var(--md-code-hl-${name}-color)`
const style = HighlightStyle.define([
  { tag: tags.comment, color: colour("comment") },
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], color: colour("keyword") },
  { tag: [tags.bool, tags.null, tags.self], color: colour("keyword") },
  { tag: [tags.string, tags.special(tags.string)], color: colour("string") },
  { tag: tags.number, color: colour("number") },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], color: colour("function") },
  { tag: [tags.standard(tags.variableName)], color: colour("constant") },
  { tag: tags.meta, color: colour("keyword") },
])
const looks = EditorView.theme({
  "&": { color: "var(--md-code-fg-color)", backgroundColor: "var(--md-code-bg-color)", fontSize: "0.8125em" },
  "&.cm-focused": { outline: "2px solid var(--md-accent-fg-color)" },
  ".cm-scroller": { fontFamily: "var(--md-code-font-family)", lineHeight: "1.4" },
  ".cm-content": { caretColor: "var(--md-code-fg-color)", padding: "0.6em 0" },
  ".cm-cursor": { borderLeftColor: "var(--md-code-fg-color)" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--md-default-fg-color--lighter)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--md-accent-fg-color--transparent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--note-mark)" },
})

// Opens an editor in an element. `onrun` is called on Ctrl-Enter and Cmd-Enter. Tab indents;
// after Escape, Tab leaves the editor, until it is entered again.
export const open = (element, text, { onrun = () => {}, label = "" } = {}) => {
  const view = new EditorView({
    parent: element,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([
          { key: "Mod-Enter", run: () => { onrun(); return true } },
          { key: "Escape", run: (view) => { view.setTabFocusMode(true); return true } },
        ])),
        EditorView.domEventHandlers({ blur: (_, view) => { view.setTabFocusMode(false) } }),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        indentUnit.of("    "), EditorState.tabSize.of(4),
        python(), syntaxHighlighting(style), looks,
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      ],
    }),
  })
  return {
    value: () => view.state.doc.toString(),
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  }
}
