import type { Monitor, Properties, StateView, StepEvent } from '../check/property.ts';
import type { Scenario } from '../check/scenario.ts';
import type { Actor } from '../explore/program.ts';
import type { Cell, Cell64, Place } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import { DEFAULT_TRACKER } from '../trackers/interface/names.ts';
import { buildVmWith } from './build.ts';
import type { VmsSpec } from './spec.ts';
import type { TrackerTable } from './trackerDescriptor.ts';

/** What one VM is within the scenario: its first actor's number, how many it has, and its places. */
interface Part {
  readonly name: string;
  readonly scenario: Scenario;
  readonly thread: number;
  readonly actors: number;
  readonly owns: (place: Place) => boolean;
}

/**
 * Several VMs on one host, each with its tracker. Everything that is asked of one is asked of it here, and that no actor of one touches the
 * memory of another. Throws RangeError as `buildVmWith`.
 */
export function buildMultiVmWith(trackers: TrackerTable, { name, vms }: VmsSpec): Scenario {
  const layout = new Layout();
  const parts: Part[] = [];
  let thread = 0;
  for (const spec of vms) {
    const first = layout.places.length;
    layout.prefix = `${spec.name}.`;
    const scenario = buildVmWith(trackers[spec.tracker ?? DEFAULT_TRACKER], spec, layout, thread);
    const last = layout.places.length;
    const owns = ({ id }: Place) => id >= first && id < last;
    parts.push({ name: spec.name, scenario, thread, actors: spec.actors.length, owns });
    thread += spec.actors.length;
  }
  const programs = parts.map(({ scenario }) => scenario.program);
  return {
    name,
    program: {
      layout,
      init: (mem) => {
        for (const { init } of programs) init(mem);
      },
      actors: parts.flatMap((part) =>
        part.scenario.program.actors.map((actor): Actor => ({ ...actor, name: `${part.name}.${actor.name}` })),
      ),
      racy: programs.flatMap(({ racy }) => racy ?? []),
    },
    properties: together(parts),
  };
}

function together(parts: readonly Part[]): Properties {
  const merged = <T>(of: (part: Part) => Readonly<Record<string, (look: StateView) => T>> | undefined) =>
    Object.fromEntries(
      parts.flatMap((part) =>
        Object.entries(of(part) ?? {}).map(([property, holds]) => {
          const seen = lookOf(part);
          return [`${part.name}: ${property}`, (look: StateView) => holds(seen(look))] as const;
        }),
      ),
    );
  return {
    always: merged(({ scenario }) => scenario.properties.always),
    sometimes: merged(({ scenario }) => scenario.properties.sometimes),
    finally: merged(({ scenario }) => scenario.properties.finally),
    unordered: merged(({ scenario }) => scenario.properties.unordered),
    monitors: [
      apart(parts),
      ...parts.flatMap((part) => part.scenario.properties.monitors.map((of) => within(part, of))),
    ],
    resultsMatter: parts.some(({ scenario }) => scenario.properties.resultsMatter !== false),
    deadlock: (waiting) => {
      const part = parts.find(({ name }) => waiting.some((line) => line.startsWith(`${name}.`))) ?? parts[0];
      const of = waiting.filter((line) => line.startsWith(`${part.name}.`));
      return `${part.name}: ${part.scenario.properties.deadlock(of)}`;
    },
  };
}

/** A VM's properties know its own actors only, by the numbers that they have there. */
function lookOf({ thread, actors }: Part): (look: StateView) => StateView {
  let of: StateView | undefined;
  let seen: StateView | undefined;
  return (look) => {
    if (look !== of) {
      of = look;
      seen = {
        read: (cell: Cell) => look.read(cell),
        read64: (cell: Cell64) => look.read64(cell),
        holder: (lock) => {
          const holder = look.holder(lock);
          return holder < 0 ? holder : holder - thread;
        },
        words: look.words,
        get results() {
          return look.results.slice(thread, thread + actors);
        },
      };
    }
    return seen!;
  };
}

function within<State>(part: Part, monitor: Monitor<State>): Monitor<State> {
  const seen = lookOf(part);
  const mine = (thread: number): boolean => thread >= part.thread && thread < part.thread + part.actors;
  return {
    ...monitor,
    name: `${part.name}: ${monitor.name}`,
    sees: (place) => part.owns(place) && monitor.sees(place),
    step: (state, event: StepEvent, look) =>
      mine(event.thread) && part.owns(event.place)
        ? monitor.step(state, { ...event, thread: event.thread - part.thread }, seen(look))
        : state,
    returned: (state, thread, operation, result, look) =>
      mine(thread) ? monitor.returned(state, thread - part.thread, operation, result, seen(look)) : state,
  };
}

/** No actor touches what belongs to another VM. */
function apart(parts: readonly Part[]): Monitor<null> {
  return {
    name: 'VMs are apart',
    sees: () => true,
    init: () => null,
    step: (state, { thread, place }) => {
      const part = parts.find((of) => thread >= of.thread && thread < of.thread + of.actors)!;
      return part.owns(place)
        ? state
        : { property: 'VMs do not disturb each other', message: `an actor of ${part.name} touches ${place.name}` };
    },
    returned: (state) => state,
    key: () => '',
  };
}
