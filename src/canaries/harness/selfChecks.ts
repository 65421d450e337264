import { interleavings, optimal, preemptions, states, symmetry } from './checks/counts.ts';
import { dataRaces } from './checks/dataRaces.ts';
import * as draws from './checks/draws.ts';
import { ends, limits, operations } from './checks/ends.ts';
import { graphsOfTso, graphsOfWeak, sc, tso, weak } from './checks/memoryModels.ts';
import { histories, litmusReader, lockstep, models, stressing, tearing, workers } from './checks/others.ts';
import { monitors, properties, results } from './checks/properties.ts';
import { accesses, findings, goingBack, minimum, replays, smaller } from './checks/replays.ts';
import type { SelfCheck } from './selfCheck.ts';

/** By name, all self-checks of the harness. Each is quick, and comes to the same every time. */
export const selfChecks = {
  interleavings,
  optimal,
  states,
  preemptions,
  symmetry,
  'random-walk': draws.randomWalk,
  pct: draws.pct,
  pos: draws.pos,
  urw: draws.urw,
  surw: draws.surw,
  'reads-from': draws.readsFrom,
  portfolio: draws.portfolio,
  repeatable: draws.repeatable,
  hunting: draws.hunting,
  profile: draws.profile,
  ways: draws.ways,
  sc,
  tso,
  weak,
  'graphs-of-tso': graphsOfTso,
  'graphs-of-weak': graphsOfWeak,
  'data-races': dataRaces,
  ends,
  operations,
  limits,
  properties,
  monitors,
  results,
  replays,
  findings,
  'going-back': goingBack,
  accesses,
  minimum,
  smaller,
  histories,
  models,
  tearing,
  'litmus-reader': litmusReader,
  lockstep,
  workers,
  stress: stressing,
} as const satisfies Readonly<Record<string, SelfCheck>>;

export type SelfCheckName = keyof typeof selfChecks;

export const selfCheckNames = Object.keys(selfChecks) as SelfCheckName[];
