import classes from '@/components/policies/editor/editor.module.css';
import type { Problem } from '@/lib/policies/model';

interface ProblemListProps {
  problems: Problem[];
  onJump: (problem: Problem) => void;
}

/** Every problem with its place; a click goes there. */
export function ProblemList({ problems, onJump }: ProblemListProps) {
  return (
    <ol className={classes.problems} aria-label="Problems">
      {problems.map((problem) => (
        <li key={`${problem.file ?? ''}${problem.line}:${problem.column}${problem.message}`}>
          <button type="button" onClick={() => onJump(problem)}>
            <span className={classes.place}>
              {problem.line}:{problem.column}
            </span>
            <span>
              {problem.message} <span className={classes.dim}>{problem.code}</span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
