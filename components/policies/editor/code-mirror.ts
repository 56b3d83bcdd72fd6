import { autocompletion, type CompletionContext, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { MergeView } from '@codemirror/merge';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { getNonce } from 'get-nonce';
import { FACT_TYPES } from '@/lib/policies/fact-types-model';
import type { Problem } from '@/lib/policies/model';
import { METER_SCHEMAS, outlineSchema, RULE_SCHEMAS, SCOPES } from '@/lib/policies/model';

// Loaded only where somebody edits or compares: pages that do not edit do not pay for it.

const highlighting = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--b-dim)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--b-blue)' },
  { tag: [tags.string, tags.content], color: 'var(--b-text)' },
  { tag: [tags.number, tags.bool, tags.keyword], color: 'var(--b-violet)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--b-dim)' },
]);

const look = EditorView.theme({
  '&': { fontSize: '12.5px', backgroundColor: 'transparent', color: 'var(--b-text)' },
  '&.cm-focused': { outline: '2px solid var(--b-blue)', outlineOffset: '-2px' },
  '.cm-scroller': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    lineHeight: '1.6',
    fontVariantLigatures: 'none',
  },
  '.cm-content': { caretColor: 'var(--b-text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--b-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--b-dim)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--b-hover) 60%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--b-blue) 26%, transparent)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--b-panel)', border: '1px solid var(--b-line)', color: 'var(--b-text)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--b-hover)', color: 'var(--b-text)' },
  '.cm-diagnostic': { fontFamily: 'Inter, system-ui, sans-serif', fontSize: '13px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--b-red)' },
  '.cm-panels': { backgroundColor: 'var(--b-panel)', color: 'var(--b-text)', borderColor: 'var(--b-line)' },
  '.cm-changedLine, &.cm-merge-b .cm-changedLine': {
    backgroundColor: 'color-mix(in srgb, var(--b-green) 13%, transparent)',
  },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': {
    backgroundColor: 'color-mix(in srgb, var(--b-red) 13%, transparent)',
  },
  '&.cm-merge-b .cm-changedText': { background: 'color-mix(in srgb, var(--b-green) 30%, transparent)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'color-mix(in srgb, var(--b-red) 30%, transparent)',
  },
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"' },
  '.cm-collapsedLines': { color: 'var(--b-dim)', background: 'var(--b-hover)', padding: '4px 12px' },
});

const FIELDS: Record<string, readonly string[]> = {
  identity: Object.keys(FACT_TYPES.Identity),
  session: Object.keys(FACT_TYPES.Session),
  s: Object.keys(FACT_TYPES.Session),
  subject: Object.keys(FACT_TYPES.Subject),
  resource: Object.keys(FACT_TYPES.Resource),
  action: Object.keys(FACT_TYPES.Action),
  workflow: Object.keys(FACT_TYPES.Workflow),
  credential: Object.keys(FACT_TYPES.Credential),
};
const WORDS = [
  ...new Set([
    ...Object.keys(outlineSchema.shape),
    ...[...Object.values(METER_SCHEMAS), ...Object.values(RULE_SCHEMAS)].flatMap((schema) => Object.keys(schema.shape)),
    ...Object.keys(SCOPES),
    ...Object.keys(FIELDS),
    'sessions',
    'meters',
    'context',
    'now',
    'exists',
    'verdict',
    'max',
    'warn',
  ]),
];

function complete(context: CompletionContext) {
  const word = context.matchBefore(/[\w.]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const owner = /(\w+)\.\w*$/.exec(word.text)?.[1];
  const known = owner ? (FIELDS[owner] ?? []) : WORDS;
  const from = owner ? word.from + word.text.lastIndexOf('.') + 1 : word.from;
  const typed = word.text.slice(from - word.from);
  // A word that is whole is not offered again: Enter after it is a new line.
  const offered = known.filter((label) => label !== typed && label.startsWith(typed));
  if (offered.length === 0 || (typed === '' && !owner && !context.explicit)) return null;
  return { from, options: offered.map((label) => ({ label, type: owner ? 'property' : 'keyword' })) };
}

const reading: Extension[] = [yaml(), lineNumbers(), syntaxHighlighting(highlighting), look, EditorView.lineWrapping];

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  label: string;
  onChange: (text: string) => void;
  /** Ctrl/Cmd + S and Ctrl/Cmd + Enter. */
  onSave: () => void;
  onRun: () => void;
}

export function newEditor({ parent, text, label, onChange, onSave, onRun }: EditorOptions): EditorView {
  const run = (work: () => void) => () => {
    work();
    return true;
  };
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(getNonce() ?? ''),
        ...reading,
        history(),
        drawSelection(),
        indentUnit.of('  '),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        lintGutter(),
        autocompletion({ override: [complete] }),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        keymap.of([
          { key: 'Mod-s', run: run(onSave), preventDefault: true },
          { key: 'Mod-Enter', run: run(onRun), preventDefault: true },
          ...completionKeymap,
          ...searchKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
      ],
    }),
  });
}

/** The place of a problem in the text: to the end of the word it stands at. */
function placeOf(view: EditorView, problem: { line: number; column: number }): { from: number; to: number } {
  const line = view.state.doc.line(Math.min(Math.max(problem.line, 1), view.state.doc.lines));
  const from = Math.min(line.from + problem.column - 1, line.to);
  const word = /^[\w.]+/.exec(view.state.sliceDoc(from, line.to))?.[0].length ?? 0;
  return { from, to: Math.min(from + Math.max(word, 1), line.to) };
}

/** Marks problems at their lines. */
export function mark(view: EditorView, problems: Problem[]): void {
  const found = problems.map(
    (problem): Diagnostic => ({
      ...placeOf(view, problem),
      severity: 'error',
      message: problem.message,
      source: problem.code,
    }),
  );
  view.dispatch(setDiagnostics(view.state, found));
}

/** Puts the cursor at a place and shows it. */
export function jump(view: EditorView, place: { line: number; column: number }): void {
  const { from } = placeOf(view, place);
  view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  view.focus();
}

/** Two texts side by side; neither can be written on. */
export function newMerge(parent: HTMLElement, before: string, after: string): MergeView {
  const side = (doc: string, label: string) => ({
    doc,
    extensions: [
      EditorView.cspNonce.of(getNonce() ?? ''),
      ...reading,
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    ],
  });
  return new MergeView({
    parent,
    a: side(before, 'Before'),
    b: side(after, 'After'),
    collapseUnchanged: { margin: 3, minSize: 6 },
    gutter: true,
  });
}
