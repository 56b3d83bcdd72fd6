// What an expression reads, what it may cost, and what it says when it gives nothing.
import { describe, expect, test } from 'vitest';
import { Failed } from '@/lib/policies/compiled-model';
import { compileExpression, ExpressionError, environment } from '@/lib/policies/expression';
import { factsOf } from '@/lib/policies/facts-evaluate';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';

const env = environment(['m']);
const compiled = (source: string, types = ['bool']) => compileExpression(env, source, types, ['m']);
const refused = (source: string, types?: string[]) => {
  try {
    compiled(source, types);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionError);
    const { message, offset, code } = error as ExpressionError;
    return { message, offset, code };
  }
  throw new Error(`${source} compiles`);
};

describe('what it reads', () => {
  const reads = (source: string) => [...compiled(source).reads].sort();
  test('is every variable that it does not declare itself', () => {
    expect(reads('action.name == "a" && context.x == 1')).toEqual(['action', 'context']);
    expect(reads('sessions.exists(s, s.id != session.id)')).toEqual(['session', 'sessions']);
    expect(reads('sessions.exists(s, sessions.all(t, t.id == s.id || identity.managed))')).toEqual([
      'identity',
      'sessions',
    ]);
    expect(reads('context.list.exists(action, action == 1)')).toEqual(['context']);
    expect(reads('context.list.exists(x, x == 1) && context.y == resource.id')).toEqual(['context', 'resource']);
    expect(reads('meters.m.total > 1')).toEqual(['meters']);
    expect(reads('true')).toEqual([]);
  });

  test('and whether it loops', () => {
    const loops = (source: string) => compiled(source).loops;
    expect([loops('context.x == 1'), loops('!context.list.exists(x, x == 1)')]).toEqual([false, true]);
    expect([loops('context.y || sessions.all(s, s.id == "a")'), loops('"a" in context.list')]).toEqual([true, false]);
    expect(loops('context.list.map(x, x).size() == 1')).toBe(true);
    expect(loops('context.list.exists(x, x == 1) || context.y')).toBe(true);
  });
});

describe('what it may cost', () => {
  test('two loops deep over what is there, not three, nor over what it built', () => {
    expect(compiled('context.list.exists(x, [1, 2].exists(y, x == y))').loops).toBe(true);
    expect(compiled('context["list"].exists(x, x == 1)').loops).toBe(true);
    expect(compiled('sessions.filter(s, s.id == "a").exists(s, s.id == "a")').loops).toBe(true);
    const deep = 'sessions.exists(a, sessions.exists(b, sessions.exists(c, c.id == a.id)))';
    expect(refused(deep)).toEqual({
      message: 'exists is nested more than two deep.',
      offset: deep.indexOf('sessions.exists(c'),
      code: 'expression.cost',
    });
    expect(refused('(sessions + sessions).all(s, s.id == "a")')).toMatchObject({
      message: 'all loops over a list the expression built: loop over an attribute.',
      code: 'expression.cost',
    });
    expect(refused('context.t.split(",").exists(x, x == "a")')).toMatchObject({ code: 'expression.cost' });
    expect(
      refused('sessions.exists(a, (sessions + sessions).size() == 1 && [a].exists(b, [b].exists(c, c.id == "x")))')
        .code,
    ).toBe('expression.cost');
  });

  test('up to what two hundred sessions can be asked in time, counted through every part of it', () => {
    const part = 'a.id != b.id && a.region != b.region';
    const nested = (times: number) => `sessions.exists(a, sessions.exists(b, ${Array(times).fill(part).join(' && ')}))`;
    expect(compiled(nested(1)).loops).toBe(true);
    expect(refused(nested(2))).toEqual({
      message: 'This could take too long on 200 sessions: loop less, or over less.',
      offset: 0,
      code: 'expression.cost',
    });
    // Several that would each be in time are not, together.
    expect(refused(Array(2).fill(nested(1)).join(' || ')).code).toBe('expression.cost');
    expect(refused(`context.x && (true ? ${nested(2)} : false)`).code).toBe('expression.cost');
  });

  test('nothing that can run away', () => {
    expect(refused('action.name.matches("(a+)+$")')).toEqual({
      message: 'matches is not available: use startsWith, endsWith, contains or ==.',
      offset: expect.any(Number),
      code: 'expression.refused',
    });
    expect(refused('sessions.exists(s, s.id.matches("a"))').code).toBe('expression.refused');
    expect(refused('!(context.x || action.name.matches("a"))').code).toBe('expression.refused');
    expect(refused('cel.bind(x, 1, x == 1)').code).toMatch(/^expression\./);
  });
});

describe('what is wrong with it', () => {
  test('is of its syntax, a name, a function or a type', () => {
    expect(refused('context.x ==').code).toBe('expression.syntax');
    expect(refused('nobody == 1')).toEqual({
      message: 'Unknown variable: nobody.',
      offset: 0,
      code: 'expression.unknown',
    });
    expect(refused('true && session.netwrk == "x"')).toMatchObject({ offset: 16, code: 'expression.unknown' });
    expect(refused('session.region.startWith("e")').code).toBe('expression.function');
    expect(refused('session.region == 1').code).toBe('expression.type');
    expect(refused('session.region')).toEqual({
      message: 'This gives string, not bool.',
      offset: 0,
      code: 'expression.type',
    });
    expect(refused('session.tags', ['string', 'int']).message).toBe('This gives list<string>, not string or int.');
    expect(compiled('session.region', ['int', 'string']).source).toBe('session.region');
    expect(compiled('context.x', ['bool']).source).toBe('context.x');
  });

  test('meters are only there where a set has some, and by their names', () => {
    expect(() => compileExpression(environment([]), 'meters.m.total > 1', ['bool'], [])).toThrow(ExpressionError);
    expect(refused('meters.n.total > 1').message).toContain('Did you mean "m"?');
    expect(refused('meters.m.totl > 1').message).toContain('Did you mean "total"?');
  });
});

describe('run', () => {
  const plain = plainQuestion([]);
  const facts = (context: Record<string, unknown>, more: Partial<typeof plain> = {}) =>
    factsOf({ ...plain, asked: { ...plain.asked, context }, ...more });
  const why = (source: string, context: Record<string, unknown> = {}, more: Partial<typeof plain> = {}) => {
    try {
      return compiled(source, ['bool', 'int', 'string']).run(facts(context, more));
    } catch (error) {
      expect(error).toBeInstanceOf(Failed);
      return [(error as Failed).reason, (error as Failed).message.slice(0, 60)];
    }
  };

  test('it gives its value, directly or by CEL', () => {
    expect(why('context.x == 1.0', { x: 1 })).toBe(true);
    expect(why('context.list.size() + 1', { list: [1] })).toBe(2n);
    expect(why('context.x == 1', { x: 1 })).toBe(true);
  });

  test('what is missing, or of another kind, is told apart', () => {
    expect(why('context.x == 1')).toMatchObject(['attribute_missing', expect.stringContaining('x')]);
    expect(why('session.region == "eu"')).toMatchObject(['attribute_missing', expect.any(String)]);
    expect(why('context.x > 1', { x: 'text' })).toMatchObject(['evaluation_error', expect.any(String)]);
    expect(why('1 / context.x == 1', { x: 0 })).toMatchObject(['evaluation_error', expect.any(String)]);
  });

  test('what looks at sessions fails where more live than can be looked at, and nothing else does', () => {
    const truncated = { truncated: true, sessions: [plainSession('a')] };
    expect(why('sessions.size() == 1', {}, truncated)).toEqual([
      'sessions_truncated',
      'more than 200 sessions are live',
    ]);
    expect(why('session.id == "a"', {}, truncated)).toBe(true);
  });

  test('what loops fails over a list that is too long, and nothing else does', () => {
    const list = { list: ['a'] };
    expect(why('context.list.exists(x, x == "a")', list, { longest: 200 })).toBe(true);
    expect(why('context.list.exists(x, x == "a")', list, { longest: 201 })).toEqual([
      'evaluation_error',
      'a list in the request has more than 200 entries',
    ]);
    expect(why('"a" in context.list', list, { longest: 201 })).toBe(true);
  });
});
