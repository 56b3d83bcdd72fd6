'use client';

import type { EditorView } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import classes from '@/components/policies/editor/editor.module.css';
import { Loading } from '@/components/ui/loading';
import type { Problem } from '@/lib/policies/model';

export interface CodeEditorHandle {
  jump(place: { line: number; column: number }): void;
}

interface CodeEditorProps {
  ref?: Ref<CodeEditorHandle>;
  /** What it opens with; a change of it from outside is put in. */
  text: string;
  label: string;
  problems: Problem[];
  onChange: (text: string) => void;
  onSave: () => void;
  onRun: () => void;
}

/** YAML with line numbers, marks at problems and completion. Escape, then Tab leaves it by key. */
export function CodeEditor({ ref, text, label, problems, onChange, onSave, onRun }: CodeEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<EditorView>();
  const latest = useRef({ text, onChange, onSave, onRun });
  latest.current = { text, onChange, onSave, onRun };
  useEffect(() => {
    let made: EditorView | undefined;
    let gone = false;
    void import('@/components/policies/editor/code-mirror').then(({ newEditor }) => {
      if (gone || !parent.current) return;
      made = newEditor({
        parent: parent.current,
        text: latest.current.text,
        label,
        onChange: (next) => latest.current.onChange(next),
        onSave: () => latest.current.onSave(),
        onRun: () => latest.current.onRun(),
      });
      setView(made);
    });
    return () => {
      gone = true;
      made?.destroy();
      setView(undefined);
    };
  }, [label]);
  useEffect(() => {
    if (!view || view.state.doc.toString() === text) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }, [view, text]);
  useEffect(() => {
    if (!view) return;
    void import('@/components/policies/editor/code-mirror').then(({ mark }) => mark(view, problems));
  }, [view, problems]);
  useImperativeHandle(ref, () => ({
    jump: (place) => {
      if (view) void import('@/components/policies/editor/code-mirror').then((editor) => editor.jump(view, place));
    },
  }));
  return (
    <div className={classes.editor}>
      <div ref={parent} className={classes.code} />
      {view ? null : <Loading rows={8} />}
    </div>
  );
}
