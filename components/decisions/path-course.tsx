'use client';

import classes from '@/components/decisions/path.module.css';
import type { PathPicture as Picture } from '@/components/decisions/path-geometry';
import { stepped } from '@/components/decisions/path-outline';
import { amountText } from '@/lib/exposures/format';
import type { Counterfactual } from '@/lib/replay/counterfactual-model';

/** What would have stood, decision by decision, and the limit that would have been. */
export interface Course {
  points: { ms: number; was: bigint; would: bigint }[];
  limit: bigint | null;
  /** Where something else began, and what. */
  mark: { ms: number; text: string } | null;
}

export function courseOf(answer: Counterfactual, mark: Course['mark']): Course | null {
  const { exposure } = answer;
  if (!exposure) return null;
  return {
    points: exposure.points.map((point) => ({
      ms: Date.parse(point.at),
      was: BigInt(point.was),
      would: BigInt(point.would),
    })),
    limit:
      exposure.limitWould === null || exposure.limitWould === exposure.limitWas ? null : BigInt(exposure.limitWould),
    mark,
  };
}

/** A second line beside what happened: dashed, because it never was. */
export function CourseLine({ course, picture, scale }: { course: Course; picture: Picture; scale: number }) {
  const { frame, x, y } = picture;
  const last = course.points.at(-1);
  const endX = last ? Math.min(frame.right, x(last.ms) + 12) : frame.right;
  const line = stepped(
    course.points.map((point) => ({ x: x(point.ms), y: y(point.would) })),
    endX,
  );
  return (
    <g>
      <OtherLimit course={course} picture={picture} scale={scale} />
      {course.mark ? <Mark mark={course.mark} picture={picture} /> : null}
      <path d={line} className={classes.courseHalo} />
      <path d={line} className={classes.course} />
      {last && last.would !== last.was ? (
        <text x={Math.min(endX + 24, frame.right - 90)} y={y(last.would) + 4} className={classes.would}>
          would be {amountText(last.would, scale)}
        </text>
      ) : null}
    </g>
  );
}

/** Named on the left, where the limit that stands is named on the right. */
function OtherLimit({ course, picture, scale }: { course: Course; picture: Picture; scale: number }) {
  const { frame, otherLimit: place } = picture;
  if (course.limit === null || !place) return null;
  const text = `limit would be ${amountText(course.limit, scale)}`;
  if (place.offPicture)
    return (
      <text x={frame.left + 6} y={frame.top - 2} className={classes.would}>
        {text}, far above ↑
      </text>
    );
  return (
    <g>
      <line x1={frame.left} x2={frame.right} y1={place.y} y2={place.y} className={classes.otherLimit} />
      <text x={frame.left + 6} y={place.y - 6} className={classes.would}>
        {text}
      </text>
    </g>
  );
}

function Mark({ mark, picture }: { mark: NonNullable<Course['mark']>; picture: Picture }) {
  const { frame } = picture;
  const at = Math.max(frame.left, Math.min(frame.right, picture.x(mark.ms)));
  const right = at > (frame.left + frame.right) / 2;
  return (
    <g>
      <line x1={at} x2={at} y1={frame.top} y2={frame.bottom} className={classes.mark} />
      <text
        x={right ? at - 6 : at + 6}
        y={frame.top + 10}
        textAnchor={right ? 'end' : 'start'}
        className={classes.would}
      >
        {mark.text}
      </text>
    </g>
  );
}
