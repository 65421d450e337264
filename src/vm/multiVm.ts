import type { Monitor, Properties, StateView, StepEvent, ThreadMonitor } from '../check/property.ts';
import type { Scenario } from '../check/scenario.ts';
import type { Actor } from '../explore/program.ts';
import type { Cell, Cell64, Place } from '../memory/cell.ts';
import { Layout } from '../memory/layout.ts';
import { DEFAULT_TRACKER } from '../trackers/interface/tracker.ts';
import { buildVmWith } from './build.ts';
import type { VmsSpec } from './spec.ts';
import type { TrackerTable } from './trackerDescriptor.ts';

/** One VM of the scenario: the number of its first actor, how many it has, and its places. */
interface Member {
  readonly name: string;
  readonly scenario: Scenario;
  readonly thread: number;
  readonly actors: number;
  readonly owns: (place: Place) => boolean;
}

/**
 * Several VMs on one host, each with its tracker. The properties of each VM are checked, and that
 * no actor accesses the memory of another VM. Throws RangeError as `buildVmWith`.
 */
export function buildMultiVmWith(trackers: TrackerTable, { name, vms }: VmsSpec): Scenario {
  const layout = new Layout();
  const members: Member[] = [];
  let thread = 0;
  for (const spec of vms) {
    const first = layout.places.length;
    layout.prefix = `${spec.name}.`;
    const scenario = buildVmWith(trackers[spec.tracker ?? DEFAULT_TRACKER], spec, layout, thread);
    const last = layout.places.length;
    const owns = ({ id }: Place) => id >= first && id < last;
    members.push({ name: spec.name, scenario, thread, actors: spec.actors.length, owns });
    thread += spec.actors.length;
  }
  const programs = members.map(({ scenario }) => scenario.program);
  return {
    name,
    program: {
      layout,
      init: (mem) => {
        for (const { init } of programs) init(mem);
      },
      actors: members.flatMap((member) =>
        member.scenario.program.actors.map((actor): Actor => ({ ...actor, name: `${member.name}.${actor.name}` })),
      ),
      racy: programs.flatMap(({ racy }) => racy ?? []),
    },
    properties: mergeProperties(members),
  };
}

function mergeProperties(members: readonly Member[]): Properties {
  const merged = <T>(of: (member: Member) => Readonly<Record<string, (view: StateView) => T>> | undefined) =>
    Object.fromEntries(
      members.flatMap((member) =>
        Object.entries(of(member) ?? {}).map(([property, holds]) => {
          const seen = viewOf(member);
          return [`${member.name}: ${property}`, (view: StateView) => holds(seen(view))] as const;
        }),
      ),
    );
  return {
    always: merged(({ scenario }) => scenario.properties.always),
    sometimes: merged(({ scenario }) => scenario.properties.sometimes),
    finally: merged(({ scenario }) => scenario.properties.finally),
    unordered: merged(({ scenario }) => scenario.properties.unordered),
    monitors: [
      isolation(members),
      ...members.flatMap((member) => member.scenario.properties.monitors.map((of) => within(member, of))),
    ],
    threadMonitors: members.flatMap((member) =>
      (member.scenario.properties.threadMonitors ?? []).map((of) => ofThreadsOf(member, of)),
    ),
    resultsMatter: members.some(({ scenario }) => scenario.properties.resultsMatter !== false),
    deadlock: (waiting) => {
      const member = members.find((of) => waiting.some(({ thread }) => owns(of, thread))) ?? members[0];
      const own = waiting
        .filter(({ thread }) => owns(member, thread))
        .map((of) => ({ ...of, thread: of.thread - member.thread }));
      return `${member.name}: ${member.scenario.properties.deadlock(own)}`;
    },
  };
}

/** Whether an actor is of this VM. */
const owns = ({ thread: first, actors }: Member, thread: number): boolean => thread >= first && thread < first + actors;

/** The state as the properties of one VM see it: its own actors, numbered from 0. */
function viewOf({ thread, actors }: Member): (view: StateView) => StateView {
  let of: StateView | undefined;
  let seen: StateView | undefined;
  return (view) => {
    if (view !== of) {
      of = view;
      seen = {
        read: (cell: Cell) => view.read(cell),
        read64: (cell: Cell64) => view.read64(cell),
        holder: (lock) => {
          const holder = view.holder(lock);
          return holder < 0 ? holder : holder - thread;
        },
        words: view.words,
        get results() {
          return view.results.slice(thread, thread + actors);
        },
      };
    }
    return seen!;
  };
}

function within<State>(member: Member, monitor: Monitor<State>): Monitor<State> {
  const seen = viewOf(member);
  const mine = (thread: number): boolean => owns(member, thread);
  return {
    ...monitor,
    name: `${member.name}: ${monitor.name}`,
    sees: (place) => member.owns(place) && monitor.sees(place),
    step: (state, event: StepEvent, view) =>
      mine(event.thread) && member.owns(event.place)
        ? monitor.step(state, { ...event, thread: event.thread - member.thread }, seen(view))
        : state,
    returned: (state, thread, operation, result, view) =>
      mine(thread) ? monitor.returned(state, thread - member.thread, operation, result, seen(view)) : state,
  };
}

/** The same for a monitor of each thread alone. */
function ofThreadsOf<State>(member: Member, monitor: ThreadMonitor<State>): ThreadMonitor<State | null> {
  return {
    ...monitor,
    name: `${member.name}: ${monitor.name}`,
    init: (thread) => (owns(member, thread) ? monitor.init(thread - member.thread) : null),
    step: (state, event, holds) =>
      state !== null && member.owns(event.place)
        ? monitor.step(state, { ...event, thread: event.thread - member.thread }, holds)
        : state,
    returned: (state, thread, operation, result) =>
      state === null ? null : monitor.returned(state, thread - member.thread, operation, result),
    key: (state) => (state === null ? '' : monitor.key(state)),
  };
}

/** No actor accesses the memory of another VM. */
function isolation(members: readonly Member[]): Monitor<null> {
  return {
    name: 'VMs are apart',
    sees: () => true,
    init: () => null,
    step: (state, { thread, place }) => {
      const member = members.find((of) => owns(of, thread))!;
      return member.owns(place)
        ? state
        : { property: 'VMs do not disturb each other', message: `an actor of ${member.name} touches ${place.name}` };
    },
    returned: (state) => state,
    key: () => '',
  };
}
