'use client';
import { yaml } from '@codemirror/lang-yaml';
import CodeMirror, { Decoration, EditorState, EditorView } from '@uiw/react-codemirror';
import { useMemo } from 'react';
import { useNonce } from '../../providers.tsx';
import { highlight } from './yaml-highlight.ts';

/** The text of a pool. `badLines` (from 1) are marked. Tab leaves the editor, as everywhere else on the page. */
export default function YamlEditor({
  text,
  label,
  badLines,
  readOnly,
  onChange,
}: {
  text: string;
  label: string;
  badLines: readonly number[];
  readOnly: boolean;
  onChange: (text: string) => void;
}) {
  const nonce = useNonce();
  const marked = badLines.join();
  const extensions = useMemo(() => {
    const lines = new Set(marked.split(',').map(Number));
    return [
      yaml(),
      highlight,
      look,
      EditorView.cspNonce.of(nonce),
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
      EditorView.lineWrapping,
      EditorState.tabSize.of(2),
      EditorView.decorations.of((view) => badLineMarks(view, lines)),
    ];
  }, [nonce, label, marked]);
  return (
    <CodeMirror
      value={text}
      onChange={onChange}
      extensions={extensions}
      theme="none"
      indentWithTab={false}
      readOnly={readOnly}
      basicSetup={{
        foldGutter: false,
        highlightActiveLine: false,
        highlightActiveLineGutter: false,
        autocompletion: false,
        searchKeymap: false,
        syntaxHighlighting: false,
      }}
    />
  );
}

function badLineMarks(view: EditorView, lines: ReadonlySet<number>) {
  const { doc } = view.state;
  const marks = [...lines].filter((line) => line >= 1 && line <= doc.lines).sort((a, b) => a - b);
  return Decoration.set(marks.map((line) => badLine.range(doc.line(line).from)));
}

const badLine = Decoration.line({ class: 'cm-bad-line' });

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'var(--text-1)', fontSize: 'var(--size-xs)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.25rem' },
  '.cm-content': { caretColor: 'var(--text-1)', padding: '8px 0' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-3)', border: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--text-1)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in oklab, var(--accent) 28%, transparent)',
  },
  '.cm-bad-line': { backgroundColor: 'var(--error-bg)', boxShadow: 'inset 2px 0 var(--error-mark)' },
});
