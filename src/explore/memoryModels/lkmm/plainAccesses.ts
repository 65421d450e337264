import { kindNames, kindOf, placeOf } from '../../../memory/kinds.ts';
import type { Execution } from '../../execution/execution.ts';
import { lineOf } from '../../execution/trace.ts';
import type { RacingAccess, Violation } from '../../execution/violation.ts';
import type { EventRelation } from './eventRelation.ts';
import { Is } from './graphEvents.ts';
import type { GraphOrder } from './graphOrder.ts';
import type { GraphRelations } from './graphRelations.ts';
import type { LkmmGraph } from './lkmmGraph.ts';

/** What orders conflicting accesses, of which some are plain. The names are those of the LKMM. */
interface Visibility {
  readonly wwVis: EventRelation;
  readonly wrVis: EventRelation;
  readonly rwXbStar: EventRelation;
}

function visibilityOf(x: GraphRelations, { hb, pb, cumulFence, address }: GraphOrder): Visibility {
  const { pool, marked, reads } = x;
  const xbStar = pool.copy(hb).join(pb);
  xbStar.close();
  xbStar.reflect();
  const fence = pool.copy(x.nonReadWriteFence).join(x.rmb).join(x.wmb);
  const rmb = pool.copy(x.rmb).between(reads);
  const identity = pool.empty().reflect().between(marked);
  const strong = pool.sequence(pool.copy(x.strongFence).to(marked), xbStar);
  const strongOrLocal = pool.copy(xbStar).meet(x.internal).join(strong).from(marked);
  const after = pool.copy(identity).join(x.rfe).to(marked);
  const cumulative = pool.copy(cumulFence).reflect();
  const vis = pool.sequence(pool.sequence(cumulative, after), strongOrLocal);
  const writePre = pool.copy(address).join(fence).from(marked).join(identity);
  const readPre = pool.copy(address).join(x.nonReadWriteFence).join(rmb).from(marked).join(identity);
  const writePost = pool.copy(fence).to(marked).join(identity);
  writePost.joinSequence(pool.copy(writePost), x.rmwSequence);
  const readPost = pool.copy(x.nonReadWriteFence).join(rmb).to(marked).join(identity);
  const visible = pool.sequence(writePost, vis).join(pool.sequence(x.strongFence, xbStar));
  return {
    wwVis: pool.copy(fence).joinSequence(visible, writePre),
    wrVis: pool.copy(fence).joinSequence(visible, readPre),
    rwXbStar: pool.copy(fence).joinSequence(pool.sequence(readPost, xbStar), writePre),
  };
}

/** Calls `visit` for each two accesses of two threads to one location, of which one is plain. */
function someConflict(x: GraphRelations, visit: (a: number, b: number) => boolean): boolean {
  const { count, thread, location, flags } = x.events;
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++)
      if (location[a] === location[b] && thread[a] !== thread[b] && ((flags[a] | flags[b]) & Is.plain) !== 0)
        if (visit(a, b)) return true;
  return false;
}

/** Whether plain accesses contradict coherence or reads-from: then a graph is not consistent. */
export function arePlainIncoherent(x: GraphRelations, order: GraphOrder): boolean {
  const { wwVis, wrVis, rwXbStar } = visibilityOf(x, order);
  const { rfe, fr, co } = x;
  return someConflict(
    x,
    (a, b) =>
      (rfe.has(a, b) && rwXbStar.has(b, a)) || (fr.has(a, b) && wrVis.has(b, a)) || (co.has(a, b) && wwVis.has(b, a)),
  );
}

/** A data race of a consistent graph, as the LKMM defines it. */
export function dataRace(execution: Execution<LkmmGraph>, x: GraphRelations, order: GraphOrder): Violation | undefined {
  const { wwVis, wrVis, rwXbStar } = visibilityOf(x, order);
  const { pool, rfe, rfi, fr, co } = x;
  const { flags, step } = x.events;
  const rf = pool.copy(rfe).join(rfi);
  const seen = pool.copy(rf).joinSequence(co, rf);
  const isMarked = (e: number): boolean => (flags[e] & Is.plain) === 0;
  let race: Violation | undefined;
  someConflict(x, (a, b) => {
    const isOrdered = wwVis.has(a, b) && (isMarked(a) || rwXbStar.has(a, b)) && (isMarked(b) || wrVis.has(a, b));
    const races =
      (co.has(a, b) && !isOrdered) ||
      (seen.has(a, b) && !wrVis.has(a, b) && !rwXbStar.has(b, a)) ||
      (fr.has(a, b) && !rwXbStar.has(a, b));
    if (!races) return false;
    race = raceOf(execution, step[a], step[b]);
    return true;
  });
  return race;
}

/** In the order of the actors, as it is the same race whichever came first. */
function raceOf(execution: Execution, a: number, b: number): Violation {
  const { schedule } = execution;
  const [first, second] = schedule[a] < schedule[b] ? [a, b] : [b, a];
  const race = [accessOf(execution, first), accessOf(execution, second)] as const;
  return {
    property: 'no data race',
    message: `${inWords(race[0])} and ${inWords(race[1])}: nothing orders them`,
    category: 'data-race',
    race,
  };
}

function accessOf(execution: Execution, s: number): RacingAccess {
  const { tree, nodes, places, program, schedule } = execution;
  const code = tree.code[nodes[s]];
  return {
    kind: kindOf(code),
    place: places[placeOf(code)].name,
    actor: program.actors[schedule[s]].name,
    line: lineOf(execution, s),
  };
}

/** `write x by a at file.mjs:3:7` */
function inWords({ kind, place, actor, line }: RacingAccess): string {
  const what = `${kindNames[kind]} ${place} by ${actor}`;
  return line === undefined ? what : `${what} at ${line}`;
}
