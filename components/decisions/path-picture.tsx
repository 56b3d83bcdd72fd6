'use client';

import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, useId, useMemo } from 'react';
import classes from '@/components/decisions/path.module.css';
import { PathAxes } from '@/components/decisions/path-axes';
import { type Course, CourseLine } from '@/components/decisions/path-course';
import { type Crossing, drawPath, type PathPicture as Picture } from '@/components/decisions/path-geometry';
import { usePathColour } from '@/components/decisions/path-palette';
import type { PathCursor } from '@/components/decisions/use-path-cursor';
import type { Path } from '@/lib/decisions/path-model';
import { amountText } from '@/lib/exposures/format';

const HEIGHT = 430;

interface PathPictureProps {
  path: Path;
  cursor: PathCursor;
  /** What would have come of it, to stand beside what did. */
  course?: Course | null;
  /** The picture in words, for those who hear it. */
  spoken: string;
}

/** How an exposure got where it is, as steps. Together: strands stacked. Alone: each session by itself against the same limit. */
export function PathPicture({ path, cursor, course = null, spoken }: PathPictureProps) {
  const { ref, width } = useElementSize();
  const view = cursor.view === 'alone' ? 'alone' : 'together';
  const size = Math.round(width) || 720;
  const picture = useMemo(
    () =>
      drawPath(
        path,
        { width: size, height: HEIGHT },
        view,
        course ? { heights: course.points.map((point) => point.would), limit: course.limit } : undefined,
      ),
    [path, size, view, course],
  );
  const { frame } = picture;
  const pixel = (event: PointerEvent<SVGSVGElement>) =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;
  const at = (event: PointerEvent<SVGSVGElement>) => Math.max(0, picture.stepAt(pixel(event)));
  return (
    <div ref={ref} className={classes.picture}>
      <svg
        viewBox={`0 0 ${frame.width} ${frame.height}`}
        width="100%"
        height={HEIGHT}
        role="img"
        aria-label={spoken}
        onPointerMove={(event) => cursor.point(at(event))}
        onPointerLeave={() => cursor.point(null)}
        onPointerDown={(event) => cursor.go(at(event))}
      >
        <PathAxes path={path} picture={picture} />
        <Shapes picture={picture} cursor={cursor} focus={cursor.strand} />
        <Refusals path={path} picture={picture} view={view} />
        {picture.crossing ? <Cross crossing={picture.crossing} picture={picture} scale={path.exposure.scale} /> : null}
        <LimitLine path={path} picture={picture} />
        {course ? <CourseLine course={course} picture={picture} scale={path.exposure.scale} /> : null}
        <Cursor picture={picture} index={cursor.shown} />
      </svg>
    </div>
  );
}

/** What had happened by the cursor's instant is solid, what came after it faint. */
function Shapes({ picture, cursor, focus }: { picture: Picture; cursor: PathCursor; focus: string | null }) {
  const id = useId();
  const { frame, stepX } = picture;
  const last = cursor.index >= stepX.length - 1;
  const split = last ? frame.right + 10 : (stepX[cursor.index + 1] ?? frame.right);
  return (
    <>
      <clipPath id={`${id}past`}>
        <rect x={0} y={0} width={split} height={frame.height} />
      </clipPath>
      <clipPath id={`${id}future`}>
        <rect x={split} y={0} width={Math.max(0, frame.width - split)} height={frame.height} />
      </clipPath>
      <g clipPath={`url(#${id}past)`}>
        <Strands picture={picture} focus={focus} />
      </g>
      {last ? null : (
        <g clipPath={`url(#${id}future)`} opacity={0.22}>
          <Strands picture={picture} focus={focus} />
        </g>
      )}
      <Labels picture={picture} />
    </>
  );
}

function Strands({ picture, focus }: { picture: Picture; focus: string | null }) {
  const colourOf = usePathColour();
  const faded = (key: string) => (focus !== null && focus !== key ? true : undefined);
  return (
    <>
      {picture.bands.map((band) => (
        <g key={band.key} data-faded={faded(band.key)} className={classes.band} style={{ color: colourOf(band.color) }}>
          <path d={band.area} className={classes.area} />
          <path d={band.edge} className={classes.seam} />
        </g>
      ))}
      {picture.lines.map((line) => (
        <g key={line.key} data-faded={faded(line.key)} className={classes.band} style={{ color: colourOf(line.color) }}>
          <path d={line.edge} className={classes.line} />
        </g>
      ))}
      {picture.dots.map((dot) => (
        <circle
          key={dot.index}
          cx={dot.x}
          cy={dot.y}
          r={3.5}
          className={classes.dot}
          style={{ color: colourOf(dot.color) }}
        />
      ))}
    </>
  );
}

function Labels({ picture }: { picture: Picture }) {
  const colourOf = usePathColour();
  return (
    <g className={classes.labels}>
      {picture.bands.map((band) => {
        if (band.inside)
          return (
            <text
              key={band.key}
              x={band.inside.x}
              y={band.inside.y}
              textAnchor="middle"
              className={classes.inside}
              style={{ color: colourOf(band.color) }}
            >
              {band.label}
            </text>
          );
        if (!band.leader) return null;
        return (
          <Leader
            key={band.key}
            x={band.leader.x}
            y={band.leader.y}
            fromY={band.leader.fromY}
            label={band.label}
            color={band.color}
            picture={picture}
          />
        );
      })}
      {picture.lines.map((line) => (
        <Leader
          key={line.key}
          x={line.end.x + 8}
          y={line.labelY}
          fromY={line.end.y}
          label={line.label}
          color={line.color}
          picture={picture}
        />
      ))}
    </g>
  );
}

interface LeaderProps {
  x: number;
  y: number;
  fromY: number;
  label: string;
  color: number;
  picture: Picture;
}

/** A label beside the end of its strand; where the picture ends first, it stands on the other side. */
function Leader({ x, y, fromY, label, color, picture }: LeaderProps) {
  const colourOf = usePathColour();
  const past = picture.crossing ? picture.crossing.x + picture.crossing.width + 6 : x;
  const from = Math.max(x, past);
  const fits = from + label.length * 6 + 10 <= picture.frame.width;
  const start = fits ? from : x - 22;
  return (
    <g>
      <path d={`M${x - 8} ${fromY}L${fits ? start : start + 4} ${y}`} className={classes.leader} />
      <circle cx={fits ? start + 4 : start - 2} cy={y} r={3} fill={colourOf(color)} />
      <text x={fits ? start + 11 : start - 9} y={y + 4} textAnchor={fits ? 'start' : 'end'} className={classes.outside}>
        {label}
      </text>
    </g>
  );
}

/** Refused steps other than the one the page is about: a mark above what stood then. */
function Refusals({ path, picture, view }: { path: Path; picture: Picture; view: 'together' | 'alone' }) {
  if (view === 'alone') return null;
  return (
    <>
      {path.steps.map((step, index) => {
        if (step.kind !== 'refused' || index === picture.crossing?.index) return null;
        const x = picture.stepX[index]!;
        const y = picture.y(picture.states[index + 1]!.total) - 9;
        return (
          <path
            key={step.decisionId}
            d={`M${x - 3} ${y - 3}l6 6m0 -6l-6 6`}
            className={classes.refused}
            data-verdict={step.verdict}
          />
        );
      })}
    </>
  );
}

function Cross({ crossing, picture, scale }: { crossing: Crossing; picture: Picture; scale: number }) {
  const colourOf = usePathColour();
  const { x, y, width, height, amount, would, color } = crossing;
  const text = `+${amountText(amount, scale)} would make ${amountText(would, scale)}`;
  const left = x - 10 - text.length * 6.3 > picture.frame.left;
  const middle = { x: x + width / 2, y: y + height / 2 };
  return (
    <g style={{ color: colourOf(color) }}>
      <rect x={x} y={y} width={width} height={height} rx={3} className={classes.asked} />
      {height >= 14 ? (
        <path d={`M${middle.x - 4} ${middle.y - 4}l8 8m0 -8l-8 8`} className={classes.refused} data-verdict="deny" />
      ) : null}
      <text
        x={left ? x - 10 : x}
        y={left && height >= 24 ? y + 11 : Math.max(10, y - 16)}
        textAnchor={left ? 'end' : 'start'}
        className={classes.would}
      >
        {text}
      </text>
    </g>
  );
}

function LimitLine({ path, picture }: { path: Path; picture: Picture }) {
  const { frame, limit } = picture;
  if (!limit || path.exposure.limit === null) return null;
  const text = `limit ${amountText(path.exposure.limit, path.exposure.scale)}`;
  if (limit.offPicture)
    return (
      <text x={frame.right} y={frame.top - 2} textAnchor="end" className={classes.limitText}>
        {text}, far above ↑
      </text>
    );
  return (
    <g>
      <line x1={frame.left} x2={frame.right} y1={limit.y} y2={limit.y} className={classes.limit} />
      <text x={frame.right} y={limit.y - 6} textAnchor="end" className={classes.limitText}>
        {text}
      </text>
    </g>
  );
}

function Cursor({ picture, index }: { picture: Picture; index: number }) {
  const x = picture.stepX[index];
  if (x === undefined) return null;
  return <line x1={x} x2={x} y1={picture.frame.top} y2={picture.frame.bottom} className={classes.cursor} />;
}
